/** The metadata that members of a consumer group exchange, in a form that Kafka's own tools can read. */
import { AssignerProtocol } from 'kafkajs';

const { MemberMetadata, MemberAssignment } = AssignerProtocol;
const VERSION = 1;

/** The subscription of a member, with the text by which it describes itself. */
export function subscriptionOf(topic: string, text: string): Buffer {
  return MemberMetadata.encode({ version: VERSION, topics: [topic], userData: Buffer.from(text) });
}

/** The text in a subscription; empty if there is none. */
export function textInSubscription(metadata: Buffer): string {
  return textOf(() => MemberMetadata.decode(metadata)?.userData);
}

/** The partitions of a member, with the leader's text for it. */
export function assignmentOf(topic: string, partitions: readonly number[], text: string): Buffer {
  return MemberAssignment.encode({ version: VERSION, assignment: { [topic]: [...partitions] }, userData: Buffer.from(text) });
}

/** The text in an assignment; empty if there is none. */
export function textInAssignment(assignment: Buffer): string {
  return assignment.length === 0 ? '' : textOf(() => MemberAssignment.decode(assignment)?.userData);
}

/** The text of user data; empty for bytes that can't be decoded. */
function textOf(decode: () => Buffer | undefined): string {
  try {
    return decode()?.toString() ?? '';
  } catch {
    return '';
  }
}
