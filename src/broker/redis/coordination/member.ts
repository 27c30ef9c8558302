/**
 * A member of a fleet on Redis: its lease is a key that expires. A round begins when a member requests it: each member describes
 * itself for the round; when all live members have done so, the holder of the leader's lease writes the plan; each member reads its part.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Subscription } from 'rxjs';
import { instant } from '../../../core/clock.js';
import type { GroupEvent, JoinedMember, Membership } from '../../../core/engine/coordination.js';
import type { ConnectionSettings } from '../options.js';
import { channelEvents } from './channel.js';
import { CommandConnection } from './command-connection.js';
import type { FleetNames } from './names.js';
import { HEARTBEAT, LEAVE, WRITE_PLAN } from './scripts.js';

/** Wait before the next turn after a failure; ms. */
const RETRY_MS = 300;

export class RedisMember {
  #id = '';
  /** The last round for which this member has described itself, and the last whose plan it has read. */
  #described = 0;
  #joined = 0;
  #slots = 0;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;
  #wakeups: Subscription | undefined;
  #isBusy = false;
  #isTurnDue = false;
  readonly #connection: CommandConnection;

  constructor(
    readonly names: FleetNames, readonly wantedSlots: number, readonly membership: Membership, readonly lookUp: () => Promise<ConnectionSettings>,
    readonly emit: (event: GroupEvent) => void,
  ) {
    this.#connection = new CommandConnection(lookUp);
  }

  start(): void {
    this.#wakeups = channelEvents(this.names.wake, this.lookUp).subscribe(() => { this.#startTurn(); });
    this.#wakeups.add(this.membership.rejoin$.subscribe(() => {
      // A turn reports a failure of the request.
      this.#requestRound().catch(() => undefined).finally(() => { this.#startTurn(); });
    }));
    this.#startTurn();
  }

  /** Deletes the member's leases, so that the others do not wait until they expire. */
  leave(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#wakeups?.unsubscribe();
    const { leader, members, round, wake } = this.names;
    const left = this.#id === '' ? Promise.resolve() : this.#connection.connected().then(async (redis) => {
      await redis.eval(LEAVE, 4, this.names.member(this.#id), leader, members, round, this.#id);
      await redis.publish(wake, 'left');
    });
    left.catch(() => { /* The lease expires. */ }).finally(() => { this.#connection.close(); });
  }

  /** Starts a turn; during a turn, it is started afterwards. */
  #startTurn(): void {
    if (this.#isOver) return;
    if (this.#isBusy) {
      this.#isTurnDue = true;
      return;
    }
    this.#isBusy = true;
    clearTimeout(this.#timer);
    let nextMs = this.membership.heartbeatMs;
    this.#turn().catch((error: unknown) => {
      nextMs = RETRY_MS;
      this.#connection.drop();
      if (!this.#isOver) this.emit({ type: 'unreachable', error: error as Error });
    }).finally(() => {
      this.#isBusy = false;
      const isCalled = this.#isTurnDue && nextMs > RETRY_MS;
      this.#isTurnDue = false;
      if (!this.#isOver) this.#timer = setTimeout(() => { this.#startTurn(); }, isCalled ? 0 : nextMs);
    });
  }

  async #turn(): Promise<void> {
    const redis = await this.#connection.connected();
    if (this.#id === '') await this.#enter(redis);
    const { names, membership: { sessionMs } } = this;
    const sent = instant();
    const [isKnown, leader, round, planned] = await redis.eval(
      HEARTBEAT, 4, names.member(this.#id), names.leader, names.round, names.plan, this.#id, sessionMs,
    ) as [number, string, string, string];
    if (this.#isOver) return;
    if (isKnown === 0) {
      this.#id = '';
      this.emit({ type: 'lost', reason: 'the lease has ended' });
      this.#isTurnDue = true;
      return;
    }
    await this.#takePart(redis, { sent, isLeader: leader === this.#id, round: Number(round), planned: Number(planned) });
  }

  async #takePart(redis: Redis, { sent, isLeader, round, planned }: Turn): Promise<void> {
    if (planned === round && planned > this.#joined) {
      const text = await redis.hget(this.names.plan, this.#id);
      // A member that joined after the plan was written is in the next plan.
      if (text === null) await this.#requestRound();
      else {
        this.#joined = planned;
        this.emit({ type: 'joined', sent, id: this.#id, generation: planned, slots: this.#slots, isLeader, text });
        return;
      }
    }
    this.emit({ type: 'accepted', sent });
    if (round > this.#described) {
      this.#described = round;
      await redis.hset(this.names.members, this.#id, `${round} ${this.membership.describe()}`);
      await redis.publish(this.names.wake, 'described');
    }
    if (isLeader) await this.#lead(redis, round, planned);
  }

  /** As leader, removes dead members, and writes the plan when all live ones have described themselves. */
  async #lead(redis: Redis, round: number, planned: number): Promise<void> {
    const texts = Object.entries(await redis.hgetall(this.names.members));
    const alive = await Promise.all(texts.map(async ([id]) => await redis.exists(this.names.member(id)) === 1));
    const dead = texts.filter((_, index) => alive[index] === false).map(([id]) => id);
    if (dead.length > 0) {
      await redis.hdel(this.names.members, ...dead);
      await this.#requestRound();
      this.#isTurnDue = true;
      return;
    }
    if (round === planned || !texts.every(([, text]) => text.startsWith(`${round} `))) return;
    const members = texts.map(([id, text]): JoinedMember => ({ id, text: text.slice(text.indexOf(' ') + 1) }));
    const fields = [...this.membership.assign(members, this.#slots)].flatMap(([id, { text }]) => [id, text]);
    await redis.eval(WRITE_PLAN, 3, this.names.leader, this.names.round, this.names.plan, this.#id, round, ...fields);
    await redis.publish(this.names.wake, 'planned');
    this.#isTurnDue = true;
  }

  async #enter(redis: Redis): Promise<void> {
    const id = randomUUID();
    await redis.set(this.names.slots, this.wantedSlots, 'NX');
    this.#slots = Number(await redis.get(this.names.slots));
    await redis.set(this.names.member(id), '1', 'PX', this.membership.sessionMs, 'NX');
    await redis.hset(this.names.members, id, '0 ');
    this.#id = id;
    this.#described = this.#joined = 0;
    await this.#requestRound();
  }

  /** Requests another round. */
  async #requestRound(): Promise<void> {
    const redis = await this.#connection.connected();
    await redis.incr(this.names.round);
    await redis.publish(this.names.wake, 'round');
  }
}

/** The answer to a heartbeat. */
interface Turn { readonly sent: ReturnType<typeof instant>; readonly isLeader: boolean; readonly round: number; readonly planned: number }
