import { button, element, setBusy, type Child } from './dom.ts'
import { complaintOf } from './failure.ts'
import type { Page } from './page.ts'

/** What a screen is made of that waits for an answer. */
export interface Step<T> {
  /** Where it is said what went wrong. */
  alert: HTMLElement
  /** Where it is said how things stand. */
  status: HTMLElement
  isOpen: () => boolean
  settle: (answer: T) => void
  /** Gives up: nothing that the user does here could help. */
  fail: (error: unknown) => void
  /**
   * Runs one thing at a time.
   * @param act answers what to complain about; a failure that ends the page rejects the screen
   */
  attempt: (control: HTMLButtonElement, act: () => Promise<string | void>) => void
  /** A button that does nothing while another thing runs. */
  choice: (label: string, kind: 'secondary' | 'quiet', act: () => void) => HTMLButtonElement
}

/** Shows a screen until it is settled. */
export function ask<T>(page: Page, title: string, build: (step: Step<T>) => Child[]): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const alert = element('p', { class: 'error', role: 'alert' })
    const status = element('p', { class: 'notice', role: 'status' })
    const choices: HTMLButtonElement[] = []
    let isBusy = false
    let isOpen = true

    const markBusy = (busy: boolean, control: HTMLButtonElement) => {
      isBusy = busy
      setBusy(control, busy)
      for (const other of choices) other.ariaDisabled = String(busy)
    }

    const fail = (error: unknown) => {
      isOpen = false
      reject(error)
    }
    const attempt = async (control: HTMLButtonElement, act: () => Promise<string | void>) => {
      if (isBusy) return
      markBusy(true, control)
      status.textContent = ''
      try {
        const complaint = await act()
        alert.textContent = complaint ?? ''
      } catch (error) {
        const complaint = complaintOf(error)
        if (complaint === undefined) fail(error)
        else alert.textContent = page.texts.complaints[complaint]
      } finally {
        markBusy(false, control)
      }
    }
    const content = build({
      alert,
      status,
      isOpen: () => isOpen,
      fail,
      settle(answer) {
        isOpen = false
        resolve(answer)
      },
      attempt: (control, act) => void attempt(control, act),
      choice(label, kind, act) {
        const made = button(label, kind)
        made.addEventListener('click', () => isBusy || act())
        made.ariaDisabled = String(isBusy)
        choices.push(made)
        return made
      },
    })
    page.show(title, ...content)
  })
}
