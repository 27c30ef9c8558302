/** How a value comes into a step of rxcam, and how it is passed on to the next or to the user's code. */
import { type Account, accountsOf } from './account.js';
import { ACCOUNTS, type Accounted } from '../core/frame/accounted.js';
import type { Place } from '../core/events.js';
import { Ticket } from './ticket.js';

/**
 * Takes a value into a step of rxcam: from the step before it, or back from the user's code.
 * @param step - which one: a picture that comes to the same step again is a duplicate; undefined where its place says it
 */
export function take(value: Accounted, to: Place, step?: object): Ticket {
  const accounts = accountsOf(value) ?? [];
  const only = accounts[0];
  if (accounts.length === 1 && only?.place === 'handover' && only.isCopy !== true && isNew(only, step)) {
    const ticket = new Ticket(accounts);
    ticket.move(to);
    return ticket;
  }
  const own = accounts.filter((account) => account.isCopy !== true);
  const fresh = own.filter((account) => isNew(account, step));
  const passed = fresh.filter((account) => account.place === 'handover');
  const delivered = fresh.filter((account) => account.place === 'delivered');
  if (passed.length > 0) new Ticket(passed).move(to);
  for (const uncounted of [false, true]) giveBack(delivered.filter((one) => isUncounted(one) === uncounted), to, uncounted);
  const taken = passed.length + delivered.length;
  const first = own[0];
  if (first !== undefined && taken < own.length) first.owner.frames.duplicate(first.seq, own.length - taken);
  return new Ticket(taken === accounts.length ? accounts : [...passed, ...delivered]);
}

/** Whether the step has not taken the picture before; from now on it has. */
function isNew(account: Account, step: object | undefined): boolean {
  if (step === undefined) return true;
  const { takenBy } = account;
  if (takenBy === undefined) account.takenBy = [step];
  else if (takenBy.includes(step)) return false;
  else account.takenBy = [...takenBy, step];
  return true;
}

/** The value for the step after: what the ticket does not hold of it is a copy there, and counts no more. */
export function passedOn<T extends Accounted>(value: T, ticket: Ticket): T {
  const accounts = accountsOf(value);
  if (accounts === undefined || accounts.length === ticket.accounts.length) return value;
  const copied = (account: Account) => (account.isCopy === true || ticket.accounts.includes(account) ? account : { ...account, isCopy: true });
  return { ...value, [ACCOUNTS]: accounts.map(copied) };
}

/**
 * Passes a value on. What no step of rxcam takes before `pass` returns is delivered to the user's code.
 * The value's accounts must stand in `handover`.
 */
export function handOver(ticket: Ticket, pass: () => void): void {
  pass();
  ticket.delivered();
}

function isUncounted(account: Account): boolean {
  return account.epoch !== account.owner.epoch;
}

function giveBack(accounts: Account[], to: Place, uncounted: boolean): void {
  const first = accounts[0];
  if (first === undefined) return;
  for (const account of accounts) {
    account.place = to;
    account.epoch = account.owner.epoch;
  }
  first.owner.frames.returned(first.seq, accounts.length, to, uncounted, first.isReference === true);
}
