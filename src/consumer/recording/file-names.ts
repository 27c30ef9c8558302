/** Names of the files and folders of recordings. */

/** Longest name that every file system allows, without suffixes. */
const MAX_NAME = 120;

/** The folder of a key: the key itself, with each byte that is not allowed in names as `~` and two hexadecimal digits. */
export function folderOf(key: string): string {
  const name = [...Buffer.from(key)].map((byte) => {
    const letter = String.fromCharCode(byte);
    return /[\w-]/.test(letter) ? letter : `~${byte.toString(16).padStart(2, '0')}`;
  }).join('');
  return name === '' ? '~' : name.slice(0, MAX_NAME);
}

const STAMP = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z(-\d+)?\.mp4$/;

/** The name of a file by the time of its first picture, in ms since 1970; `again` distinguishes those of the same ms. */
export function fileOf(from: number, again = 0): string {
  return `${new Date(from).toISOString().replace(/[:.]/g, '-')}${again === 0 ? '' : `-${again + 1}`}.mp4`;
}

/** The time in a file's name; undefined for other files. */
export function timeInName(name: string): number | undefined {
  const [, date, hours, minutes, seconds, ms] = STAMP.exec(name) ?? [];
  return date === undefined ? undefined : Date.parse(`${date}T${hours}:${minutes}:${seconds}.${ms}Z`);
}
