/** The interface of a connection to one Kafka broker; each client library has an implementation. */
import type { TopicData } from './produce.js';

/** Requests to a broker, by name; `timeout` is in ms. */
export interface Requests {
  Metadata: { topics: readonly string[]; allowAutoTopicCreation: false };
  Produce: { topicData: readonly TopicData[]; acks: number; timeout: number; compression: 'none' | 'gzip' };
  CreateTopics: { topics: readonly NewTopic[]; timeout: number };
  Raw: RawRequest;
}

/** A request whose body rxcam encodes for this version, and whose answer it decodes. */
export interface RawRequest { readonly apiKey: number; readonly apiName: string; readonly apiVersion: number; readonly body: Buffer }

export interface NewTopic {
  readonly topic: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly configEntries: readonly { readonly name: string; readonly value: string }[];
}

/** The broker's answers; error code 0 means no error. */
export interface Responses {
  Metadata: {
    readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
    readonly controllerId: number;
    readonly topicMetadata: readonly {
      readonly topicErrorCode: number;
      readonly topic: string;
      readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
    }[];
  };
  Produce: { readonly topics: readonly { readonly topicName: string; readonly partitions: readonly PartitionResponse[] }[] };
  CreateTopics: {
    readonly topicErrors: readonly { readonly topic: string; readonly errorCode: number; readonly errorMessage?: string | null }[];
  };
  /** The bytes of the answer after its header. */
  Raw: { readonly payload: Buffer };
}

/** Requests to the coordinator of a consumer group, by name; `sessionTimeout` and `rebalanceTimeout` are in ms. */
export interface GroupRequests {
  GroupCoordinator: { groupId: string };
  JoinGroup: {
    groupId: string; sessionTimeout: number; rebalanceTimeout: number; memberId: string; protocolType: 'consumer';
    groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
  };
  SyncGroup: {
    groupId: string; generationId: number; memberId: string;
    groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
  };
  Heartbeat: { groupId: string; groupGenerationId: number; memberId: string };
  LeaveGroup: { groupId: string; memberId: string };
}

/** The coordinator's answers; error code 0 means no error. */
export interface GroupResponses {
  GroupCoordinator: { readonly errorCode: number; readonly coordinator: { readonly nodeId: number; readonly host: string; readonly port: number } };
  JoinGroup: {
    readonly errorCode: number; readonly generationId: number; readonly leaderId: string; readonly memberId: string;
    readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
  };
  SyncGroup: { readonly errorCode: number; readonly memberAssignment: Buffer };
  Heartbeat: { readonly errorCode: number };
  LeaveGroup: { readonly errorCode: number };
}

export interface PartitionResponse { readonly partition: number; readonly errorCode: number; readonly baseOffset?: string }

/** An authenticated connection to one broker. */
export interface Wire {
  connect(): Promise<void>;
  /** Closes after the requests in flight. */
  disconnect(): Promise<void>;
  readonly isConnected: boolean;
  /** Sends a request; resolves with its answer. */
  ask<K extends keyof Requests>(name: K, request: Requests[K]): Promise<Responses[K]>;
  /** The same for a group's coordinator; absent if the client library is only used for writing. A join may take a long time. */
  askGroup?<K extends keyof GroupRequests>(name: K, request: GroupRequests[K], withinMs: number): Promise<GroupResponses[K]>;
  /** Sets whether it keeps the process alive. */
  hold(isHeld: boolean): void;
  /** Closes at once, and discards unsent bytes. Requests in flight reject. */
  destroy(): void;
}

/** The pauses that a broker requests because of its quota. */
export interface Pauses {
  /** Called when the broker requests a pause. */
  pause(ms: number): void;
  /** Monotonic time in ms until which it lasts; 0 if there was none. */
  readonly pausedUntil: number;
}

/** An entry of a client library's log. */
export interface LogEntry { readonly message: string; readonly error?: unknown }

export interface WireOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly ssl: unknown;
  readonly sasl: object | undefined;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly pauses: Pauses;
  /** Levels are those of kafkajs: 1 error, 4 info, 5 debug. */
  readonly log: (level: number, entry: LogEntry) => void;
}

/** Creates a wire that is not connected yet, and does not keep the process alive. */
export type NewWire = (options: WireOptions) => Wire;
