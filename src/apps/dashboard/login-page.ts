/** The page for a browser without a token: requests it, and keeps the requested part of the page. */
import { createHash } from 'node:crypto';

/**
 * A browser omits the cookie if a link of another page, such as another worker's dashboard, leads here. It sends the cookie with a request
 * of this page: then the page is opened again, once.
 */
const SCRIPT = `fetch('/api/known').then(({ ok }) => {
  if (!ok || sessionStorage.getItem('again') === location.href) return sessionStorage.removeItem('again');
  sessionStorage.setItem('again', location.href);
  location.reload();
});`;

const STYLE = `:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34em; margin: 12vh auto 0; padding: 0 16px; }
input, button { font: inherit; padding: 6px 12px; min-height: 40px; box-sizing: border-box; }
input { width: 100%; margin: 4px 0 12px; }
code { overflow-wrap: anywhere; }`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The form sends the token like the printed address: in the address once, then in a cookie. */
export const LOGIN_POLICY = `default-src 'none'; script-src ${hashOf(SCRIPT)}; style-src ${hashOf(STYLE)}; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** @param isWrong - whether a wrong token was given */
export const loginPage = (isWrong: boolean) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Token · rxcam</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>rxcam</h1>
<p>This dashboard needs its token: it is in the address that rxcam printed when it started, behind <code>token=</code>, or in the variable <code>RXCAM_DASHBOARD_TOKEN</code> of the machine.</p>
${isWrong ? '<p role="alert"><strong>This token is not the one.</strong></p>\n' : ''}<form>
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required minlength="16" maxlength="200" autofocus>
<button>Open</button>
</form>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
