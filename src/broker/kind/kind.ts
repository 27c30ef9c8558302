/** The declaration of a kind of broker: its address, options, flags and documentation. */
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { SecretPlaces } from '../../core/redact/secret-places.js';
import type { AddressForm, BrokerAddress } from './address.js';
import type { Broker } from '../handle/index.js';

/** A flag of the command line that sets one option. */
export interface BrokerFlag {
  /** In commander's notation: `--kafka-acks <n>`. */
  readonly flags: string;
  /** Name of the option; of a member of an object, `sasl.mechanism`. */
  readonly option: string;
  /** Its effect, with unit and range, for the help. */
  readonly about: string;
  /** The default, for the help. */
  readonly defaultText?: string | number;
  /** The form of its value: a number, bytes with a unit, or one of these words. Absent: the text is the value. */
  readonly takes?: 'number' | 'bytes' | readonly string[];
  /** Set if `rxcam read` has it as well. */
  readonly reads?: true;
  /** Set if only commands that may create topics have it. */
  readonly creates?: true;
}

/** Options by name, as the command line has parsed them. */
export type BrokerFlagValues = Readonly<Record<string, unknown>>;

/** Settings from the command line besides an address and flags. */
export interface CommandLineContext {
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
}

/** An open broker, and the topic that its address names. */
export interface BrokerTarget {
  readonly broker: Broker;
  readonly topic: string | undefined;
}

/** The topics that the doctor examines. */
export interface DoctorTopics {
  /** The user's topic, or the doctor's own. */
  readonly topic: string;
  /** The doctor's own topic, for its test message; it may be created with timestamps of the broker. */
  readonly own: string;
}

/** The limits that a server reports. */
export interface ServerLimits {
  /** Largest message of the topic, in bytes; undefined if it is not known. */
  readonly maxMessageBytes?: number | undefined;
  /** Set if the topic does not exist: the limit is that of a topic that rxcam creates. */
  readonly isMissing?: boolean;
}

/** One kind of broker: everything that a new kind adds, besides its line in kinds.ts. */
export interface BrokerKind extends AddressForm {
  /** Its name in docs/guides and the help. */
  readonly title: string;
  /** Places of credentials in its addresses, other than before `@`. */
  readonly secrets: SecretPlaces | 'none';
  /** Form of its address, for the message about an address that no kind accepts. */
  readonly form: string;
  /** Environment variable of the command line with its password. */
  readonly passwordVariable?: string;
  /**
   * Opens the broker that an address names.
   * @throws InvalidOption
   */
  open(address: BrokerAddress, options: BrokerFlagValues, context: CommandLineContext): BrokerTarget;
  /** The options of an address and flags. @throws InvalidOption */
  configOf(address: BrokerAddress, options: BrokerFlagValues, context: CommandLineContext): object;
  /**
   * Queries the server for `rxcam doctor`, before the doctor's message is written. Rejects with the reason if that is impossible.
   * Absent if there is no server.
   */
  readonly examine?: (config: never, topics: DoctorTopics) => Promise<ServerLimits>;
  /** Flags of its own options; those of every broker are the command line's. */
  readonly flags: readonly BrokerFlag[];
  /** Options that its address gives. */
  readonly inAddress: readonly string[];
  /** Name of the interface of its options. */
  readonly config: string;
  /** Schema of its options. */
  readonly schema: z.ZodType;
  /**
   * Creates its handle, as users do.
   * @throws InvalidOption
   */
  readonly make: (options: never) => Broker;
  /** Its required options, for examples. */
  readonly required: Readonly<Record<string, unknown>>;
  /** Defaults of its options. */
  readonly defaults: () => Readonly<Record<string, unknown>>;
}
