/** Small line charts as one SVG: panels side by side, two in a row. */

const WIDTH = 340, HEIGHT = 220, LEFT = 52, RIGHT = 78, TOP = 34, BOTTOM = 40;
const COLOURS = ['#0b6e99', '#b4530a', '#4b7a1f', '#7a3e9d'];

/**
 * @typedef {object} Panel
 * @property {string} title
 * @property {string} x - label of the horizontal axis
 * @property {{ name: string, points: [number, number][] }[]} series
 */

/** @param {string} caption @param {Panel[]} panels */
export function plot(caption, panels) {
  const rows = Math.ceil(panels.length / 2);
  const parts = panels.map((panel, index) => `<g transform="translate(${(index % 2) * WIDTH} ${Math.floor(index / 2) * HEIGHT})">${drawn(panel)}</g>`);
  const height = rows * HEIGHT + 24;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="11">
<style>.ink{fill:#1f2328}.soft{fill:#59636e}.grid{stroke:#d1d9e0}
@media (prefers-color-scheme: dark){.ink{fill:#f0f6fc}.soft{fill:#9198a1}.grid{stroke:#3d444d}}</style>
${parts.join('\n')}
<text class="soft" x="${LEFT}" y="${height - 8}">${escaped(caption)}</text>
</svg>
`;
}

function drawn({ title, x, series }) {
  const all = series.flatMap(({ points }) => points);
  const [maxX, stepY] = [Math.max(...all.map(([one]) => one)), step(Math.max(...all.map(([, one]) => one)))];
  const maxY = Math.ceil(Math.max(...all.map(([, one]) => one)) / stepY) * stepY;
  const atX = (value) => round(LEFT + (value / maxX) * (WIDTH - LEFT - RIGHT));
  const atY = (value) => round(HEIGHT - BOTTOM - (value / maxY) * (HEIGHT - TOP - BOTTOM));
  const marksY = Array.from({ length: Math.round(maxY / stepY) + 1 }, (_, index) => index * stepY);
  const marksX = [...new Set(all.map(([one]) => one))].filter((one) => one >= maxX / 8);
  return [
    `<text class="ink" x="${LEFT}" y="18" font-weight="600">${escaped(title)}</text>`,
    ...marksY.map((mark) => `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${atY(mark)}" y2="${atY(mark)}"/>`
      + `<text class="soft" x="${LEFT - 6}" y="${atY(mark) + 4}" text-anchor="end">${mark}</text>`),
    ...marksX.map((mark) => `<text class="soft" x="${atX(mark)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${mark}</text>`),
    `<text class="soft" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - BOTTOM + 31}" text-anchor="middle">${escaped(x)}</text>`,
    ...labelled(series.map(({ name, points }, index) => ({ name, points: points.map(([a, b]) => [atX(a), atY(b)]), colour: COLOURS[index % COLOURS.length] }))).map(line),
  ].join('\n');
}

/** Adds the height of each line's name, after its last point, so that names do not overlap. */
function labelled(lines) {
  let above = -Infinity;
  return lines.sort((a, b) => a.points.at(-1)[1] - b.points.at(-1)[1]).map((one) => {
    above = Math.max(one.points.at(-1)[1], above + 13);
    return { ...one, labelY: above };
  });
}

function line({ points, name, colour, labelY }) {
  const [endX] = points.at(-1);
  return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map((one) => one.join(',')).join(' ')}"/>`
    + points.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="2.5" fill="${colour}"/>`).join('')
    + `<text x="${endX + 7}" y="${round(labelY + 4)}" fill="${colour}">${escaped(name)}</text>`;
}

/** The distance between grid lines: 1, 2 or 5 times a power of ten, for about four lines. */
function step(most) {
  const size = 10 ** Math.floor(Math.log10(most / 4));
  return [1, 2, 5, 10].map((one) => one * size).find((one) => most / one <= 5) ?? 10 * size;
}

function round(value) {
  return Math.round(value * 10) / 10;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
