/** Reads answers to Metadata and CreateTopics. */
import { type Responses, errorOf } from '../wire/index.js';
import { errorName } from './classify-errors.js';

type Partitions = Responses['Metadata']['topicMetadata'][number]['partitionMetadata'];

/** Id of the broker that leads each partition; -1 if none does. */
export function leadersOf(partitions: Partitions): readonly number[] {
  const leaders = new Array<number>(partitions.length).fill(-1);
  for (const { partitionId, leader } of partitions) leaders[partitionId] = leader;
  return leaders;
}

/** The errors of topics that could not be created, with the broker's own text. A topic that exists by now is not an error. */
export function creationErrors(topicErrors: Responses['CreateTopics']['topicErrors']): Map<string, Error> {
  const errors = new Map<string, Error>();
  for (const { topic, errorCode, errorMessage } of topicErrors) {
    const error = errorOf(errorCode);
    if (error === undefined || errorName(error) === 'TOPIC_ALREADY_EXISTS') continue;
    if (typeof errorMessage === 'string') error.message = errorMessage;
    errors.set(topic, error);
  }
  return errors;
}
