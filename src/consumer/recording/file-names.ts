/** Names of the files and folders of recordings. */

/** Longest name of a folder, in characters: with the names of its files, it fits on every file system. */
const MAX_NAME = 120;

/** The name of a key's folder: the key, in which `~` and two hexadecimal digits replace each byte other than a letter, a digit, `_` or `-`. */
export function folderNameOf(key: string): string {
  const name = [...Buffer.from(key)].map((byte) => {
    const letter = String.fromCharCode(byte);
    return /[\w-]/.test(letter) ? letter : `~${byte.toString(16).padStart(2, '0')}`;
  }).join('');
  return name === '' ? '~' : name.slice(0, MAX_NAME);
}

const STAMP = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z(-\d+)?\.mp4$/;

/** The name of a file: the time of its first picture, given in ms since 1970; `repeat` distinguishes files of the same ms. */
export function fileNameOf(from: number, repeat = 0): string {
  return `${new Date(from).toISOString().replace(/[:.]/g, '-')}${repeat === 0 ? '' : `-${repeat + 1}`}.mp4`;
}

/** The time in a file's name; undefined for other files. */
export function timeInName(name: string): number | undefined {
  const [, date, hours, minutes, seconds, ms] = STAMP.exec(name) ?? [];
  return date === undefined ? undefined : Date.parse(`${date}T${hours}:${minutes}:${seconds}.${ms}Z`);
}
