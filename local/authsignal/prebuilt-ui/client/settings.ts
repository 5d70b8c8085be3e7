import type { Context } from '../wire.ts'
import { clientApi, type ListedAuthenticator } from './api.ts'
import { ask } from './ask.ts'
import { button, element, lead } from './dom.ts'
import { enrol } from './enrol.ts'
import { iconOf } from './icons.ts'
import type { Page } from './page.ts'

/** Lists what the user has, lets them add to it, and answers the newest token when they are done. */
export async function settings(page: Page, context: Context, token: string): Promise<string> {
  page.isProven = true
  let latest = token
  for (;;) {
    const api = clientApi(latest)
    const authenticators = await api.authenticators()
    const wish = await showAuthenticators(page, authenticators)
    if (wish === 'done') return latest
    latest = (await enrol(page, api, context, true)) ?? latest
  }
}

function showAuthenticators(
  page: Page,
  authenticators: readonly ListedAuthenticator[],
): Promise<'done' | 'add'> {
  const text = page.texts.settings
  const verified = authenticators.filter((a) => a.verifiedAt !== undefined)
  return ask<'done' | 'add'>(page, text.heading, ({ settle, choice }) => {
    const done = button(text.done, 'primary')
    done.addEventListener('click', () => settle('done'))
    return [
      lead(text.lead),
      element('ul', { class: 'methods' }, ...verified.map((a) => row(page, a))),
      done,
      choice(page.texts.add.another, 'secondary', () => settle('add')),
    ]
  })
}

function row({ texts }: Page, authenticator: ListedAuthenticator): HTMLElement {
  const { verificationMethod: method, email, phoneNumber, createdAt } = authenticator
  const date = new Date(createdAt).toLocaleDateString(texts.language, { dateStyle: 'medium' })
  return element(
    'li',
    { class: 'method' },
    iconOf(method),
    element(
      'span',
      {},
      element('span', { class: 'name' }, texts.methods[method].name),
      element('span', { class: 'hint' }, email ?? phoneNumber ?? texts.settings.added(date)),
    ),
  )
}
