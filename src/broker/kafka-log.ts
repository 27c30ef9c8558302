/** What kafkajs logs, in the levels and words of rxcam's log. */

/** Levels of kafkajs. */
const INFO = 4;
const DEBUG = 5;

/** The client calls errors what the sender mends, and each refusal of the broker turns up in what follows from it: nobody has to be woken. */
export function levelOf(level: number, message: string): 'debug' | 'info' | 'warn' {
  if (level >= DEBUG || message.startsWith('Response ')) return 'debug';
  return level === INFO ? 'info' : 'warn';
}

export function textOf({ message, error }: { readonly message: string; readonly error?: unknown }): string {
  return typeof error === 'string' ? `${message}: ${error}` : message;
}
