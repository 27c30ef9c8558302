/** The dashboard of a command: opens it if `--dashboard` is given, and prints its address. */
import type { Logger } from 'pino';
import type { Broker } from '../../../broker/index.js';
import type { Camera } from '../../../camera/index.js';
import { isRxcamError } from '../../../core/errors/errors.js';
import type { Dashboard, DashboardConfig } from '../../dashboard/index.js';
import type { Several } from '../../metrics/index.js';

/** The values of the flags. */
export interface DashboardFlags {
  /** A port, or `auto`: the default one, or any free one if another program uses it. */
  readonly dashboard?: number | 'auto' | undefined;
  readonly dashboardHost?: string | undefined;
  /** Its address as other machines reach it. */
  readonly dashboardUrl?: string | undefined;
}

/** The contents of the dashboard. */
export interface DashboardContents {
  readonly cameras: Several<Camera>;
  readonly brokers: Several<Broker>;
  /** The fleet of a worker. */
  readonly fleet?: DashboardConfig['fleet'];
  readonly worker?: DashboardConfig['worker'];
  /** Names of cameras that are configured but not enabled. */
  readonly disabled?: () => readonly string[];
  /** Notices for viewers. */
  readonly notices?: () => readonly string[];
}

/**
 * Opens the dashboard, if the flags ask for one, and prints its address on stderr.
 * @returns undefined if they do not
 * @throws InvalidOption for a port that can't be listened on
 */
export async function openDashboard(
  { dashboard: port, dashboardHost: host, dashboardUrl: publicUrl }: DashboardFlags, shown: DashboardContents, env: NodeJS.ProcessEnv, logger: Logger,
): Promise<Dashboard | undefined> {
  if (port === undefined) return undefined;
  // Loaded only now: most commands need no server.
  const { dashboard } = await import('../../dashboard/index.js');
  const token = env['RXCAM_DASHBOARD_TOKEN'];
  const { cameras, ...others } = shown;
  const config = { ...others, host, publicUrl, ...(token !== undefined && token !== '' && { token }) };
  const at = (wanted: number | undefined) => dashboard(cameras, { ...config, port: wanted });
  const page = port === 'auto' ? await at(undefined).catch((error: unknown) => {
    if (isRxcamError(error) && error.message.includes("option 'port'")) return at(0);
    throw error;
  }) : await at(port);
  // The log is filtered by level, and leaves tokens out of addresses; this line is for the user who started the program.
  process.stderr.write(`dashboard: ${page.url}\n`);
  logger.debug({ port: page.port }, 'the dashboard is open');
  return page;
}
