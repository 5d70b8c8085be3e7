// First, so that nothing else ever sees the token in the URL.
import { returned } from './returned.ts'
import { AccountPage } from './account-page.ts'
import { loadConfig } from './config.ts'
import { connect } from './connection.ts'
import { otherLanguage, pickLanguage, type Message } from './language/language.ts'
import { Session, type SignedIn } from './session/session.ts'
import { browserTabs } from './session/browser-tabs.ts'
import { pendingStore } from './sign-in/pending.ts'
import { SignIn } from './sign-in/sign-in.ts'
import { actsOn } from './view/challenge-acts.ts'
import { ChallengeView } from './view/challenge-view.ts'
import { onClick, part } from './view/dom.ts'
import { SignInView } from './view/sign-in-view.ts'
import { Words } from './view/words.ts'

const words = new Words(document, pickLanguage(navigator.languages))
const languageSwitch = part(document, 'switch-language', HTMLButtonElement)
onClick(languageSwitch, () => words.switch())
words.onSwitch(sayInItsOwnLanguage)
sayInItsOwnLanguage()

const unreachable = part(document, 'unreachable', HTMLElement)
const config = await loadConfig(() => (unreachable.hidden = false))
const connection = connect(config)
unreachable.hidden = true
document.body.classList.remove('wordless')

const challengeView = new ChallengeView(document, words)
challengeView.offerLocalMessages(config.authsignalUrl)

const signInView = new SignInView(document, words, challengeView, {
  ...actsOn(() => signIn.challenge),
  onIdentify: (typed) => void signIn.start(typed),
  onPasskey: () => void signIn.withPasskey(),
  onProvider: (provider, typed) => void signIn.withProvider(provider, typed),
  onChangeAddress: () => signIn.changeAddress(),
  onFinishAgain: () => void signIn.finishAgain(),
})
if (config.idTokenUrl) signInView.offerProviders()

const signIn = new SignIn({
  api: connection.signIn,
  factors: connection.factors,
  passkeys: connection.passkeys,
  idTokens: connection.idTokens,
  pending: pendingStore(sessionStorage),
  context: () => ({
    locale: words.language,
    redirectUrl: `${location.origin}/callback`,
    deviceId: connection.deviceId,
  }),
  now: () => Date.now(),
  render: (state) => signInView.render(state),
  signedIn: (tokens) => session.begin(tokens),
})

const session = new Session({
  api: connection.tokens,
  tabs: browserTabs(),
  now: () => Date.now(),
  newId: () => crypto.randomUUID(),
  // In the middle of a sign-in nobody wants to become whoever has signed in in another tab.
  mayJoin: () => signIn.state.step === 'identify' && signIn.state.busy === undefined,
  render: showSession,
})

const account = new AccountPage(document, words, { connection, session, challengeView })

/** The name of a language is read out as that language says it. */
function sayInItsOwnLanguage(): void {
  languageSwitch.lang = otherLanguage(words.language)
}

function showSession(signedIn: SignedIn | undefined, notice?: Message): void {
  if (signedIn) signIn.close()
  account.render(signedIn)
  if (!signedIn) signIn.reset(notice)
}

if (returned) void signIn.resume(returned.token)
else signIn.open()
session.ask()

// Back from Authsignal's page by the browser's own button, with the page as it was left.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) signIn.cameBack()
})

// By the clock rather than by one long timer, which would sleep along with the laptop.
setInterval(() => {
  signIn.tick()
  session.tick()
  account.tick()
  challengeView.showTimeLeft(Date.now())
}, 1000)
