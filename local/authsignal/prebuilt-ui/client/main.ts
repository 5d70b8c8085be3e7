import type { Context } from '../wire.ts'
import { clientApi, type ClientApi } from './api.ts'
import { confirm } from './confirm.ts'
import { button } from './dom.ts'
import { enrol } from './enrol.ts'
import { Exit } from './exit.ts'
import { ApiFailure, problemOf } from './failure.ts'
import { readLaunch } from './launch.ts'
import { Opener, type MessageTarget } from './opener.ts'
import { Page } from './page.ts'
import { settings } from './settings.ts'

const launch = readLaunch(location.search)
const opener = launch.isPopup ? openerOf(window) : undefined
const exit = new Exit(launch, opener)
const page = new Page({
  cancel: () => exit.leave(page, 'quit', launch.token),
  firstScreen: () => opener?.ready(),
})
// A frame takes its height from the page, so the page must not take its own from the frame.
document.documentElement.classList.toggle('framed', window.parent !== window)
if (opener) followHeight(opener)

run().catch(giveUp)

async function run(): Promise<void> {
  if (launch.token === '') throw new ApiFailure('unauthorized', 401)
  const api = clientApi(launch.token)
  const context = await api.context()
  exit.redirectUrl = context.redirectUrl
  page.begin(context)
  const token = await prove(api, context)
  const mayList = token !== launch.token || context.scopes.includes('read:authenticators')
  const last = context.redirectToSettings && mayList ? await settings(page, context, token) : token
  exit.leave(page, 'succeeded', last)
}

/** Leads to the token of a completed action. */
async function prove(api: ClientApi, context: Context): Promise<string> {
  const { state, isEnrolled, scopes } = context
  // As after a reload: there is nothing left to prove.
  if (state === 'CHALLENGE_SUCCEEDED') return api.token
  if (state !== 'ALLOW' && state !== 'CHALLENGE_REQUIRED') throw new ApiFailure('forbidden', 403)
  // The scope spares the challenge (docs: authenticator-binding); the first method needs none.
  const enrolsAtOnce = !isEnrolled || scopes.includes('add:authenticators')
  const token = enrolsAtOnce ? api.token : await confirm(page, api, context)
  if (!enrolsAtOnce && !launch.forcesEnrolment) return token
  return (await enrol(page, clientApi(token), context)) ?? token
}

function giveUp(error: unknown): void {
  const problem = problemOf(error)
  if (error instanceof ApiFailure) opener?.apiError(error.code, error.status)
  // A mistake of ours, for the console of whoever develops.
  else reportError(error)
  const again = button(page.texts.tryAgain, 'primary')
  again.addEventListener('click', () => location.reload())
  page.end(
    page.texts.problems[problem],
    problem === 'unavailable' ? again : undefined,
    exit.button(page),
  )
}

/** The window that opened this one, or the page around this frame; none when it stands alone. */
function openerOf({ opener: by, parent, self }: Window): Opener | undefined {
  const target: MessageTarget | null = by ?? (parent === self ? null : parent)
  return target ? new Opener(target) : undefined
}

function followHeight(to: Opener): void {
  const container = document.getElementById('widget_container')
  if (!container) return
  new ResizeObserver(() => to.resize(Math.ceil(container.getBoundingClientRect().height))).observe(
    container,
  )
}
