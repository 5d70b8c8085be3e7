import { Authsignal } from '@authsignal/browser'
import { signInApi, type SignInApi } from './api.ts'
import { codeChallenge, type CodeChallenge } from './challenge.ts'
import { loadConfig, type Config } from './config.ts'
import { SignIn } from './sign-in.ts'
import { View } from './view.ts'

interface Upstreams {
  api: SignInApi
  challenge: CodeChallenge
}

let upstreams: Upstreams | undefined

const view = new View(document)
const signIn = new SignIn({
  api: {
    startSignIn: (identifier) => withUpstreams(({ api }) => api.startSignIn(identifier)),
    finishSignIn: (proof) => withUpstreams(({ api }) => api.finishSignIn(proof)),
  },
  challenge: {
    sendCode: (channel, token) => withChallenge((code) => code.sendCode(channel, token)),
    checkCode: (channel, code) => withChallenge((challenge) => challenge.checkCode(channel, code)),
    forget: () => upstreams?.challenge.forget(),
  },
  now: () => Date.now(),
  render: (state) => view.render(state),
})

// The form works before the settings are here, and a failure to load them can be retried like any.
async function connect(): Promise<Upstreams | undefined> {
  if (upstreams) return upstreams
  const config = await loadConfig()
  if (config) upstreams ??= upstreamsOf(config)
  return upstreams
}

function upstreamsOf({ apiUrl, authsignalUrl, tenantId }: Config): Upstreams {
  view.offerLocalMessages(authsignalUrl)
  const sdk = new Authsignal({ baseUrl: authsignalUrl.replace(/\/+$/, ''), tenantId })
  return { api: signInApi(apiUrl), challenge: codeChallenge(sdk) }
}

async function withUpstreams<T>(call: (upstreams: Upstreams) => Promise<T>) {
  const connected = await connect()
  if (connected) return call(connected)
  return { ok: false, problem: { code: 'no_connection' } } as const
}

async function withChallenge<T>(call: (challenge: CodeChallenge) => Promise<T>) {
  const connected = await connect()
  if (connected) return call(connected.challenge)
  return { outcome: 'no_connection' } as const
}

view.onIdentify = (typed) => void signIn.start(typed)
view.onCode = (code) => void signIn.verify(code)
view.onResend = () => void signIn.resend()
view.onChangeAddress = () => signIn.changeAddress()
view.onSignOut = () => signIn.signOut()

// By the clock rather than by one long timer, which would sleep along with the laptop.
setInterval(() => {
  signIn.tick()
  view.showTimeLeft(signIn.state, Date.now())
}, 1000)

void connect()
