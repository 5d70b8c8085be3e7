import type { Windows } from '../authsignal/hosted-page.ts'

/** What closes the SDK's dialog when it is clicked. */
const DIALOG_OVERLAY = '__authsignal-popup-overlay'

export function browserWindows(): Windows {
  return {
    /** The SDK keeps the window to itself, and throws where there is none. */
    openedBy(launch) {
      const open = window.open.bind(window)
      let opened: Window | null = null
      window.open = (...args) => (opened = open(...args))
      try {
        const result = launch()
        return opened ? { opened, result } : undefined
      } catch {
        return undefined
      } finally {
        window.open = open
      }
    },
    closeDialog: () => document.getElementById(DIALOG_OVERLAY)?.click(),
  }
}
