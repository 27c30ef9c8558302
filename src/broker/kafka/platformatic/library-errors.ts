/** Reads the library's errors: their reason is in their causes, and it throws an answer that has errors for some partitions. */

interface LibraryError extends Error { readonly response?: unknown; readonly errors?: readonly unknown[] }

/** The broker's answer, even if it has errors for some topics or partitions: rxcam reads these one by one. */
export async function responseIn<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { response } = error as LibraryError;
    if (response !== undefined) return response as T;
    throw error;
  }
}

/** One error with the messages of all its causes. */
export function withCauses(error: unknown): Error {
  const words: string[] = [];
  for (let one: unknown = error; one instanceof Error; one = one.cause ?? (one as LibraryError).errors?.[0]) {
    const text = one.message.replace(/\.$/, '');
    if (text !== '' && !words.includes(text)) words.push(text);
  }
  return new Error(words.join(': '), { cause: error });
}
