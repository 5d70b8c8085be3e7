import type { Complaint } from '../complaint.ts'
import type { Words } from './words.ts'

/** An element of the page by its id. @throws Error when the page and the code do not fit */
export function part<T extends Element>(page: Document, id: string, type: new () => T): T {
  const element = page.getElementById(id)
  if (!(element instanceof type)) throw new Error(`the page has no ${id}`)
  return element
}

export function onSubmit(form: HTMLFormElement, act: () => void): void {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    act()
  })
}

export function onClick(button: HTMLButtonElement, act: () => void): void {
  button.addEventListener('click', () => {
    if (button.ariaDisabled !== 'true') act()
  })
}

/** Escape closes a dialog by itself; here only the logic does, which may have reason not to. */
export function onEscape(dialog: HTMLDialogElement, act: () => void): void {
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault()
    act()
  })
}

export function setOpen(dialog: HTMLDialogElement, isOpen: boolean): void {
  if (isOpen && !dialog.open) dialog.showModal()
  else if (!isOpen && dialog.open) dialog.close()
}

export function setBusy(button: HTMLButtonElement, isBusy: boolean, label: string): void {
  setDisabled(button, isBusy)
  button.ariaBusy = String(isBusy)
  const text = button.querySelector('[data-label]') ?? button
  if (text.textContent !== label) text.textContent = label
}

/** `aria-disabled`, because `disabled` would throw the keyboard focus back to the top of the page. */
export function setDisabled(button: HTMLButtonElement, isDisabled: boolean): void {
  button.ariaDisabled = String(isDisabled)
}

export function complain(
  words: Words,
  alert: HTMLElement,
  complaint: Complaint | undefined,
  field?: HTMLInputElement,
): void {
  write(alert, complaint ? words.speak(complaint.message) : '')
  if (field) field.ariaInvalid = String(complaint?.isAboutField ?? false)
}

/** Only when it differs: a live region would be read out again. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** Selected, so that typing replaces what was wrong. */
export function focusAndSelect(field: HTMLInputElement): void {
  field.focus()
  field.select()
}

/** Does what may take the focused element off the page; the focus then goes to where it was. */
export function keepFocus(page: Document, place: HTMLElement, act: () => void): void {
  const focused = page.activeElement
  act()
  if (focused && (!focused.isConnected || focused.closest('[hidden]'))) place.focus()
}

/** A copy of the one element inside a template. */
export function copyOf(template: HTMLTemplateElement): HTMLElement {
  const copy = template.content.firstElementChild?.cloneNode(true)
  if (!(copy instanceof HTMLElement)) throw new Error(`the template ${template.id} is empty`)
  return copy
}

/** What is marked as `data-part` inside a copy. */
export function within<T extends Element>(root: Element, name: string, type: new () => T): T {
  const element = root.querySelector(`[data-part="${name}"]`)
  if (!(element instanceof type)) throw new Error(`the template has no ${name}`)
  return element
}
