import t from 'tap'
import type { Answer } from '../../../../../local/demo/client/api/call.ts'
import type { AccountApi, Authenticator } from '../../../../../local/demo/client/api/account-api.ts'
import type { AppKey, Begun } from '../../../../../local/demo/client/authsignal/enrolments.ts'
import type { Checked, Confirmed } from '../../../../../local/demo/client/authsignal/outcomes.ts'
import { Enrolment } from '../../../../../local/demo/client/account/enrolment.ts'
import { later, ok, refusal, settled } from '../support.ts'
import { accountThat, PASSKEY, signedInPerson } from './support.ts'

interface Script {
  send?: Begun[]
  key?: AppKey[]
  check?: Checked[]
  create?: (Confirmed | Promise<Confirmed>)[]
  api?: Partial<AccountApi>
}

function newEnrolment({ send = [], key = [], check = [], create = [], api = {} }: Script = {}) {
  const calls: string[] = []
  const added: Authenticator[] = []
  const { stepUp, confirmations } = signedInPerson()
  const enrolment = new Enrolment({
    stepUp,
    api: accountThat({
      async startEnrolment(_bearer, address) {
        calls.push(`start ${JSON.stringify(address)}`)
        return ok('token')
      },
      async finishEnrolment(_bearer, token) {
        calls.push(`save ${token}`)
        return ok(PASSKEY)
      },
      ...api,
    }),
    enrolments: {
      async sendCode(method, token, address) {
        calls.push(`send ${method} ${token} ${address}`)
        return send.shift() ?? { outcome: 'begun' }
      },
      async newAppKey(token) {
        calls.push(`key ${token}`)
        return key.shift() ?? { outcome: 'begun', uri: 'otpauth://totp/x', secret: 'ABCD' }
      },
      async checkCode(method, token, code) {
        calls.push(`check ${method} ${token} ${code}`)
        return check.shift() ?? { outcome: 'verified', token: 'proof' }
      },
      async create(method, token) {
        calls.push(`create ${method} ${token}`)
        return create.shift() ?? { outcome: 'verified', token: 'proof' }
      },
    },
    render: () => {},
    added: async (authenticator) => void added.push(authenticator),
  })
  enrolment.open()
  return { enrolment, calls, added, confirmations }
}

t.test('adds a phone number with the code that was sent there', async (t) => {
  const { enrolment, calls, added } = newEnrolment()
  t.match(enrolment.state, { step: 'choose' })
  await enrolment.choose('sms')
  t.match(enrolment.state, { step: 'address', kind: 'sms' })
  await enrolment.sendCode('+64 21 123 456')
  t.match(enrolment.state, { step: 'code', address: '+6421123456' })
  await enrolment.verify('123456')
  t.strictSame(enrolment.state, { step: 'closed' })
  t.strictSame(added, [PASSKEY])
  t.strictSame(calls, [
    'start {"phoneNumber":"+6421123456"}',
    'send sms token +6421123456',
    'check sms token 123456',
    'save proof',
  ])
})

t.test('adds an email address, and takes no other kind of address for one', async (t) => {
  const { enrolment, calls } = newEnrolment()
  await enrolment.choose('email')
  for (const typed of ['', 'ada', '+6421123456']) {
    await enrolment.sendCode(typed)
    const complaint = { message: { key: 'error.invalidEmail' }, isAboutField: true }
    t.match(enrolment.state, { step: 'address', complaint }, typed)
  }
  t.strictSame(calls, [])
  await enrolment.sendCode('ada@example.com')
  t.strictSame(calls[0], 'start {"email":"ada@example.com"}')
})

t.test('shows the key for an app, and adds it with the first code', async (t) => {
  const { enrolment, calls } = newEnrolment({ check: [{ outcome: 'wrong_code' }] })
  await enrolment.choose('app')
  t.match(enrolment.state, { step: 'app', appKey: { uri: 'otpauth://totp/x', secret: 'ABCD' } })
  await enrolment.verify('111111')
  t.match(enrolment.state, { step: 'app', complaint: { isAboutField: true } })
  t.match(enrolment.state, { appKey: { secret: 'ABCD' } }, 'the key stays')
  await enrolment.verify('123456')
  t.strictSame(enrolment.state, { step: 'closed' })
  t.strictSame(calls.slice(0, 2), ['start {}', 'key token'])
})

for (const kind of ['passkey', 'key'] as const) {
  t.test(`creates a ${kind} at once, and once more when the device said no`, async (t) => {
    const { enrolment, calls } = newEnrolment({ create: [{ outcome: 'cancelled' }] })
    await enrolment.choose(kind)
    t.match(enrolment.state, { step: 'device', kind, complaint: { isAboutField: false } })
    await enrolment.createAgain()
    t.strictSame(enrolment.state, { step: 'closed' })
    const created = `create ${kind} token`
    t.strictSame(calls, ['start {}', created, 'start {}', created, 'save proof'])
  })
}

t.test('says that the device has one already', async (t) => {
  const { enrolment } = newEnrolment({ create: [{ outcome: 'already_enrolled' }] })
  await enrolment.choose('passkey')
  t.match(enrolment.state, { complaint: { message: { key: 'error.alreadyEnrolled' } } })
})

t.test('the last wrong code and an expired token lead back to the choice', async (t) => {
  for (const outcome of ['too_many_attempts', 'expired'] as const) {
    const { enrolment } = newEnrolment({ check: [{ outcome }] })
    await enrolment.choose('app')
    await enrolment.verify('111111')
    t.match(enrolment.state, { step: 'choose', complaint: { isAboutField: false } }, outcome)
  }
})

t.test('a code that could not be sent can be asked for again', async (t) => {
  const { enrolment } = newEnrolment({ send: [{ outcome: 'too_many_requests' }] })
  await enrolment.choose('email')
  await enrolment.sendCode('ada@example.com')
  t.match(enrolment.state, { step: 'address', complaint: { message: { key: 'error.tooMany' } } })
  await enrolment.sendCode('ada@example.com')
  t.match(enrolment.state, { step: 'code' })
})

t.test('an address that belongs to somebody else is not added', async (t) => {
  const { enrolment, added } = newEnrolment({
    api: { finishEnrolment: async () => refusal('address_in_use') },
  })
  await enrolment.choose('email')
  await enrolment.sendCode('grace@example.com')
  await enrolment.verify('123456')
  t.match(enrolment.state, {
    step: 'choose',
    complaint: { message: { key: 'error.addressInUse' } },
  })
  t.strictSame(added, [])
})

t.test('a proof that could not be delivered is kept', async (t) => {
  const answers: Answer<Authenticator>[] = [refusal('no_connection'), ok(PASSKEY)]
  const finishEnrolment = async () => answers.shift()!
  const code = newEnrolment({ api: { finishEnrolment } })
  await code.enrolment.choose('app')
  await code.enrolment.verify('123456')
  t.match(code.enrolment.state, { complaint: { message: { key: 'error.noConnection' } } })
  await code.enrolment.verify('123456')
  t.strictSame(code.enrolment.state, { step: 'closed' })
  t.equal(code.calls.filter((call) => call.startsWith('check')).length, 1)

  answers.push(refusal('no_connection'), ok(PASSKEY))
  const device = newEnrolment({ api: { finishEnrolment } })
  await device.enrolment.choose('passkey')
  await device.enrolment.createAgain()
  t.strictSame(device.enrolment.state, { step: 'closed' })
  t.equal(device.calls.filter((call) => call.startsWith('create')).length, 1)
})

t.test('has it confirmed where the service asks for it, and then goes on', async (t) => {
  const answers: Answer<string>[] = [refusal('step_up_required'), ok('token')]
  const { enrolment, confirmations, calls } = newEnrolment({
    api: { startEnrolment: async () => answers.shift()! },
  })
  const creating = enrolment.choose('passkey')
  await settled()
  await confirmations.challenge?.verify('123456')
  await creating
  t.strictSame(calls, ['create passkey token', 'save proof'])
})

t.test('goes nowhere when the person will not confirm', async (t) => {
  const { enrolment, confirmations, calls } = newEnrolment({
    api: { startEnrolment: async () => refusal('step_up_required') },
  })
  const creating = enrolment.choose('passkey')
  await settled()
  confirmations.cancel()
  await creating
  t.match(enrolment.state, { complaint: { message: { key: 'error.cancelled' } } })
  t.strictSame(calls, [])
})

t.test('what the device says after the dialog was closed is too late', async (t) => {
  const slow = later<Confirmed>()
  const { enrolment, calls, added } = newEnrolment({ create: [slow.promise] })
  const creating = enrolment.choose('passkey')
  await settled()
  enrolment.close()
  enrolment.open()
  slow.settle({ outcome: 'verified', token: 'late' })
  await creating
  t.strictSame(enrolment.state, { step: 'choose' })
  t.notOk(calls.includes('save late'))
  t.strictSame(added, [])
})

t.test(
  'is not closed by the person while it is being saved, but when they are signed out',
  async (t) => {
    const slow = later<Answer<Authenticator>>()
    const { enrolment, added } = newEnrolment({ api: { finishEnrolment: () => slow.promise } })
    const creating = enrolment.choose('passkey')
    await settled()
    enrolment.close()
    enrolment.back()
    t.match(enrolment.state, { step: 'device', busy: 'save' })
    enrolment.forget()
    t.strictSame(enrolment.state, { step: 'closed' })
    slow.settle(ok(PASSKEY))
    await creating
    t.strictSame(enrolment.state, { step: 'closed' })
    t.strictSame(added, [])
  },
)
