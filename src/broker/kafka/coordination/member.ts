/**
 * A member of a consumer group, by requests of the group protocol. kafkajs's consumer does not fit: it can't be made to rejoin,
 * does not report a SyncGroup without an answer, requests offsets from brokers that hang between two heartbeats, and discards the
 * text that the leader assigns to a member. Only its connections and its encoding of requests are used.
 */
import type { Subscription } from 'rxjs';
import { type Instant, instant } from '../../../core/clock.js';
import type { GroupEvent, Membership } from '../../../core/engine/coordination.js';
import { FLEET } from '../../../core/defaults/fleet.js';
import { type GroupConnection, GroupFailure } from './group-connection.js';
import type { KafkaLog } from './fleet-topics.js';
import { assignmentOf, subscriptionOf, textInAssignment, textInSubscription } from './member-metadata.js';
import { Sleep } from '../read/index.js';

/** Wait before it tries again after a failure; ms. */
const RETRY_MS = 300;
/** Time limit of a join, in addition to the time that the broker waits for other members; ms. */
const JOIN_MARGIN_MS = 3_000;
const PROTOCOL_NAME = 'rxcam';

/** Heartbeats have a separate connection: a join is answered when all members have joined, and delays all later requests on its connection. */
export interface GroupConnections { readonly rounds: GroupConnection; readonly heartbeats: GroupConnection }

export interface GroupPlace { readonly group: string; readonly topic: string }

/** `again`: the member must join once more. */
type RoundOutcome = 'again' | 'over';

export class KafkaMember {
  #memberId = '';
  #generation = -1;
  /** Whether this member is in a completed round. */
  #isStable = false;
  #isOver = false;
  readonly #sleep = new Sleep();
  #rejoin: Subscription | undefined;
  #wantsRound = false;

  constructor(
    readonly place: GroupPlace, readonly membership: Membership, readonly connections: GroupConnections, readonly log: KafkaLog,
    readonly emit: (event: GroupEvent) => void,
  ) {}

  start(): void {
    this.#rejoin = this.membership.rejoin$.subscribe(() => {
      this.#wantsRound = true;
      this.#sleep.wake();
    });
    this.#run().catch((error: unknown) => { this.emit({ type: 'unreachable', error: error as Error }); });
  }

  /** Leaves the group, so that the others do not wait until the session ends. */
  leave(): void {
    this.#isOver = true;
    this.#rejoin?.unsubscribe();
    this.#sleep.wake();
    const { group } = this.place;
    const left = this.#memberId === '' ? Promise.resolve() : this.connections.heartbeats.ask('LeaveGroup', { groupId: group, memberId: this.#memberId }, FLEET.silenceMs);
    left.catch(() => { /* The session ends by itself. */ }).finally(() => {
      this.connections.rounds.destroy();
      this.connections.heartbeats.destroy();
    });
  }

  #hasLeft(): boolean { return this.#isOver; }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.log.ready();
        await this.#takePart();
      } catch (error) {
        if (this.#hasLeft()) return;
        this.#failed(error);
        await this.#sleep.for(RETRY_MS);
      }
    }
  }

  async #takePart(): Promise<void> {
    if (!this.#isStable) await this.#round();
    while (!this.#isOver && this.#isStable) {
      if (!this.#wantsRound) await this.#sleep.for(this.membership.heartbeatMs);
      if (this.#hasLeft()) return;
      if (this.#wantsRound) this.#isStable = false;
      else await this.#confirmMembership();
    }
  }

  /** Sends a heartbeat; resolves with the failure in the answer, which may be that another round has begun. */
  async #heartbeat(): Promise<GroupFailure | undefined> {
    const sent = instant();
    const request = { groupId: this.place.group, groupGenerationId: this.#generation, memberId: this.#memberId };
    const { errorCode } = await this.connections.heartbeats.ask('Heartbeat', request, FLEET.silenceMs);
    const failure = GroupFailure.of(errorCode);
    const isAccepted = failure === undefined || failure.type === 'REBALANCE_IN_PROGRESS';
    if (isAccepted && !this.#isOver) this.emit({ type: 'accepted', sent });
    return failure;
  }

  async #confirmMembership(): Promise<void> {
    const failure = await this.#heartbeat();
    if (failure?.type === 'REBALANCE_IN_PROGRESS') this.#isStable = false;
    else if (failure !== undefined) throw failure;
  }

  /**
   * Sends heartbeats until the answer to a join, which waits for all members: a dead member delays it until its session ends, longer
   * than a lease lasts. The answers to the heartbeats confirm that this member keeps its slots until then.
   */
  async #whileBeating<T>(answer: Promise<T>): Promise<T> {
    const timer = setInterval(() => {
      if (this.#generation >= 0 && this.#memberId !== '') this.#heartbeat().catch(() => { /* The answer to the join has the reason. */ });
    }, this.membership.heartbeatMs);
    try {
      return await answer;
    } finally {
      clearInterval(timer);
    }
  }

  #dropConnections(): void {
    this.connections.rounds.drop();
    this.connections.heartbeats.drop();
  }

  async #round(): Promise<void> {
    while (!this.#isOver && await this.#joinAndSync() === 'again');
  }

  async #joinAndSync(): Promise<RoundOutcome> {
    const { sessionMs, rebalanceMs } = this.membership;
    const { group, topic } = this.place;
    this.#wantsRound = false;
    const joined = await this.#whileBeating(this.connections.rounds.ask('JoinGroup', {
      groupId: group, sessionTimeout: sessionMs, rebalanceTimeout: rebalanceMs, memberId: this.#memberId, protocolType: 'consumer',
      groupProtocols: [{ name: PROTOCOL_NAME, metadata: subscriptionOf(topic, this.membership.describe()) }],
    }, rebalanceMs + JOIN_MARGIN_MS));
    const refused = GroupFailure.of(joined.errorCode);
    if (refused?.type === 'MEMBER_ID_REQUIRED') {
      this.#memberId = joined.memberId;
      return 'again';
    }
    if (refused !== undefined) throw refused;
    this.#memberId = joined.memberId;
    this.#generation = joined.generationId;
    const isLeader = joined.leaderId === joined.memberId;
    const sent = instant();
    const groupAssignment = isLeader ? this.#assign(joined.members) : [];
    const synced = await this.connections.rounds.ask('SyncGroup', {
      groupId: group, generationId: this.#generation, memberId: this.#memberId, groupAssignment,
    }, sessionMs);
    return this.#synced(GroupFailure.of(synced.errorCode), { sent, isLeader, assignment: synced.memberAssignment });
  }

  #synced(failure: GroupFailure | undefined, { sent, isLeader, assignment }: Synced): RoundOutcome {
    if (failure?.type === 'REBALANCE_IN_PROGRESS') return 'again';
    if (failure !== undefined) throw failure;
    this.#isStable = true;
    if (this.#isOver) return 'over';
    this.emit({
      type: 'joined', sent, id: this.#memberId, generation: this.#generation, slots: this.log.slots, isLeader, text: textInAssignment(assignment),
    });
    return 'over';
  }

  #assign(members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]) {
    const all = members.map(({ memberId, memberMetadata }) => ({ id: memberId, text: textInSubscription(memberMetadata) }));
    return [...this.membership.assign(all, this.log.slots)].map(([memberId, { slots, text }]) =>
      ({ memberId, memberAssignment: assignmentOf(this.place.topic, slots, text) }));
  }

  /** Reports a failure, and forgets an id that the group does not know; keeps the id if the broker can't be reached. */
  #failed(error: unknown): void {
    if (!(error instanceof GroupFailure)) {
      this.#dropConnections();
      this.emit({ type: 'unreachable', error: error as Error });
    } else if (error.type === 'UNKNOWN_MEMBER_ID' || error.type === 'ILLEGAL_GENERATION') {
      if (error.type === 'UNKNOWN_MEMBER_ID') this.#memberId = '';
      this.#isStable = false;
      this.emit({ type: 'lost', reason: error.message });
    } else {
      if (error.isFromOtherBroker) this.#dropConnections();
      else this.#isStable = false;
      this.emit({ type: 'unreachable', error });
    }
  }
}

interface Synced { readonly sent: Instant; readonly isLeader: boolean; readonly assignment: Buffer }
