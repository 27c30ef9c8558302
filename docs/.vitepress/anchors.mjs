/** The anchor of a heading, as GitHub makes it: a link works there and on the site. */

/**
 * @param {string} heading
 * @returns {string}
 */
export function anchorOf(heading) {
  return heading.trim().toLowerCase().replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
}
