/** The dashboard of a command: opens it if `--dashboard` is given, and prints its address. */
import type { Logger } from 'pino';
import type { Broker } from '../../../broker/index.js';
import type { Camera } from '../../../camera/index.js';
import { isRxcamError } from '../../../core/errors/errors.js';
import type { Dashboard, DashboardConfig } from '../../dashboard/index.js';
import type { Several } from '../../metrics/index.js';

/** The values of the flags. */
export interface DashboardFlags {
  /** A port; or `auto`, the default port, or any free one if another program uses that. */
  readonly dashboard?: number | 'auto' | undefined;
  /** Address that it listens on. */
  readonly dashboardHost?: string | undefined;
  /** Address at which other machines reach it. */
  readonly dashboardUrl?: string | undefined;
}

/** The contents of the dashboard. */
export interface DashboardContents {
  readonly cameras: Several<Camera>;
  readonly brokers: Several<Broker>;
  /** The fleet of a worker. */
  readonly fleet?: DashboardConfig['fleet'];
  /** The state of a worker. */
  readonly worker?: DashboardConfig['worker'];
  /** Names of cameras that are configured but not enabled. */
  readonly disabled?: () => readonly string[];
  /** Notices for viewers. */
  readonly notices?: () => readonly string[];
}

/**
 * Opens the dashboard, if `--dashboard` is given, and prints its address on stderr.
 * @returns the dashboard; undefined without the flag
 * @throws InvalidOption for a port that can't be listened on
 */
export async function openDashboard(
  { dashboard: port, dashboardHost: host, dashboardUrl: publicUrl }: DashboardFlags, shown: DashboardContents, env: NodeJS.ProcessEnv, logger: Logger,
): Promise<Dashboard | undefined> {
  if (port === undefined) return undefined;
  // Loaded on demand, because most commands need no server.
  const { dashboard } = await import('../../dashboard/index.js');
  const token = env['RXCAM_DASHBOARD_TOKEN'];
  const { cameras, ...others } = shown;
  const config = { ...others, host, publicUrl, ...(token !== undefined && token !== '' && { token }) };
  const openAt = (wanted: number | undefined) => dashboard(cameras, { ...config, port: wanted });
  const page = port === 'auto' ? await openAt(undefined).catch((error: unknown) => {
    if (isRxcamError(error) && error.message.includes("option 'port'")) return openAt(0);
    throw error;
  }) : await openAt(port);
  // Not in the log, which is filtered by level, and hides the token in the address that the user needs.
  process.stderr.write(`dashboard: ${page.url}\n`);
  logger.debug({ port: page.port }, 'the dashboard is open');
  return page;
}
