/** VitePress's own theme, with colours that can be read and roles that a screen reader understands. */
import DefaultTheme from 'vitepress/theme';
import './style.css';

/** The home page has no main landmark, and a group of the sidebar is a button that has a button in it. */
function mend() {
  const content = document.querySelector('#VPContent');
  if (content?.classList.contains('is-home')) content.setAttribute('role', 'main');
  else content?.removeAttribute('role');
  for (const item of document.querySelectorAll('.VPSidebarItem > .item[role="button"]:has(.caret)')) {
    item.removeAttribute('role');
    item.removeAttribute('tabindex');
  }
}

export default {
  extends: DefaultTheme,
  enhanceApp() {
    if (typeof document === 'undefined') return;
    const observer = new MutationObserver(mend);
    addEventListener('DOMContentLoaded', mend);
    observer.observe(document.documentElement, { childList: true, subtree: true });
  },
};
