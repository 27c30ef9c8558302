/** The options with which tests start Debian's Chromium: without a window, without background downloads, and with an empty profile. */

/** For `chromium.launch` of playwright-core, which creates a new profile each time. */
export const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--disable-dev-shm-usage',
  ],
};
