import { failureOf, type Failure } from './outcomes.ts'
import type { AuthsignalSdk } from './sdk.ts'

export type PageLeft =
  /** Of a challenge that was passed or left half-way: only the service can tell. */
  { outcome: 'returned'; token: string } | { outcome: 'closed' } | { outcome: 'blocked' } | Failure

export type PageMode = 'popup' | 'window'

/** Authsignal's own page, over this one or in a window beside it. */
export interface HostedPage {
  open(url: string, mode: PageMode, signal: AbortSignal): Promise<PageLeft>
  /** In place of this page. */
  goTo(url: string): void
}

/** What the SDK does with the browser's windows and tells nobody. */
export interface Windows {
  /** The window that is opened while `launch` runs; undefined when the browser has blocked it. */
  openedBy<T>(launch: () => T): { opened: OpenedWindow; result: T } | undefined
  /** Closes the SDK's dialog, as if the person had. */
  closeDialog(): void
}

export interface OpenedWindow {
  readonly closed: boolean
  close(): void
}

/** Fits a phone. The server's Content-Security-Policy knows the style that comes of it by its hash. */
const POPUP_WIDTH = 'min(400px, calc(100vw - 24px))'
const CLOSED_POLL_MS = 300

export function hostedPage(sdk: AuthsignalSdk, windows: Windows): HostedPage {
  return {
    open: (url, mode, signal) =>
      mode === 'popup'
        ? openDialog(sdk, windows, url, signal)
        : openWindow(sdk, windows, url, signal),
    goTo: (url) => sdk.launch(url, { mode: 'redirect' }),
  }
}

async function openDialog(
  sdk: AuthsignalSdk,
  windows: Windows,
  url: string,
  signal: AbortSignal,
): Promise<PageLeft> {
  const failure = failureNote()
  const close = () => windows.closeDialog()
  signal.addEventListener('abort', close)
  const popupOptions = { width: POPUP_WIDTH }
  const { token } = await sdk.launch(url, { mode: 'popup', popupOptions, onError: failure.note })
  signal.removeEventListener('abort', close)
  return leftWith(token, failure.noted())
}

/** The SDK's promise never settles when the person closes the window, so the window is watched. */
async function openWindow(
  sdk: AuthsignalSdk,
  windows: Windows,
  url: string,
  signal: AbortSignal,
): Promise<PageLeft> {
  const failure = failureNote()
  const launched = windows.openedBy(() =>
    sdk.launch(url, { mode: 'window', onError: failure.note }),
  )
  if (!launched) return { outcome: 'blocked' }
  const { opened, result } = launched
  const watched = watch(opened, signal)
  const { token } = await Promise.race([result, watched.closed])
  watched.stop()
  opened.close()
  return leftWith(token, failure.noted())
}

function watch(opened: OpenedWindow, signal: AbortSignal) {
  let timer: ReturnType<typeof setInterval> | undefined
  const closed = new Promise<{ token?: string }>((resolve) => {
    timer = setInterval(() => {
      if (opened.closed || signal.aborted) resolve({})
    }, CLOSED_POLL_MS)
  })
  return { closed, stop: () => clearInterval(timer) }
}

function leftWith(token: string | undefined, failure: Failure | undefined): PageLeft {
  if (token) return { outcome: 'returned', token }
  return failure ?? { outcome: 'closed' }
}

/** Authsignal's page says what went wrong in a message of its own, before it is closed. */
function failureNote() {
  let failure: Failure | undefined
  return {
    note: ({ errorCode }: { errorCode?: string }) => void (failure = failureOf(errorCode)),
    noted: () => failure,
  }
}
