export type Child = Node | string | undefined

type Attributes = Readonly<Record<string, string>>

/** An element with its attributes and what is in it; text stays text. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children.filter((child) => child !== undefined))
  return made
}

/** A line drawing for the eye only. */
export function drawing(path: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  line.setAttribute('d', path)
  svg.append(line)
  return svg
}

export const lead = (...children: Child[]): HTMLElement =>
  element('p', { class: 'lead' }, ...children)

/** Takes the focus when its screen is shown, unless a field does. */
export const heading = (text: string): HTMLElement => element('h1', { tabindex: '-1' }, text)

export function button(label: string, kind: 'primary' | 'secondary' | 'quiet'): HTMLButtonElement {
  return element('button', { type: 'button', class: kind }, label)
}

/** `aria-disabled`, because `disabled` would throw the focus of the keyboard away. */
export function setBusy(control: HTMLButtonElement, isBusy: boolean): void {
  control.ariaDisabled = String(isBusy)
  control.ariaBusy = String(isBusy)
}
