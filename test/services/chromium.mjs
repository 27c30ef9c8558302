/** How tests start Debian's Chromium: without a window, without anything that it would fetch by itself, on an empty profile. */

/** For `chromium.launch` of playwright-core, which makes a new profile each time. */
export const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--disable-dev-shm-usage',
  ],
};
