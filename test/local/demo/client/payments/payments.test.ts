import t from 'tap'
import type { Answer } from '../../../../../local/demo/client/api/call.ts'
import type { Payment, PendingPayment } from '../../../../../local/demo/client/api/payment-api.ts'
import { readAmount } from '../../../../../local/demo/client/payments/amount.ts'
import {
  PaymentsPanel,
  type PaymentsState,
} from '../../../../../local/demo/client/payments/payments.ts'
import { later, ok, refusal, settled } from '../support.ts'
import { signedInPerson } from '../account/support.ts'

interface Script {
  pay?: (Answer<Payment | PendingPayment> | Promise<Answer<Payment>>)[]
  confirm?: Answer<Payment>[]
}

const pending = (paymentId: string) => ok({ paymentId, token: `t-${paymentId}`, url: 'u' })

function newPayments({ pay = [], confirm = [] }: Script = {}) {
  const states: PaymentsState[] = []
  const { session, confirmations, calls } = signedInPerson()
  const payments = new PaymentsPanel({
    session,
    confirmations,
    ownMethods: async () => ({ methods: ['email'] }),
    api: {
      async pay(bearer, amount) {
        calls.push(`pay ${bearer} ${amount}`)
        return pay.shift() ?? ok({ paymentId: 'p0', amount })
      },
      async confirm(bearer, paymentId, token) {
        calls.push(`confirm ${bearer} ${paymentId} ${token}`)
        return confirm.shift() ?? ok({ paymentId, amount: 250, verificationMethod: 'EMAIL_OTP' })
      },
    },
    render: (state) => void states.push(state),
  })
  return { payments, confirmations, calls, last: () => states.at(-1) }
}

t.test('pays at once where the server asks for nothing', async (t) => {
  const { payments, calls, last } = newPayments()
  await payments.pay('20')
  t.strictSame(calls, ['pay a1 20'])
  t.match(last(), {
    isBusy: false,
    done: [{ amount: 20 }],
    notice: { key: 'payment.done', values: { amount: { euros: 20 } } },
  })
})

t.test(
  'has it confirmed where the server asks for it, under the token of the payment',
  async (t) => {
    const { payments, confirmations, calls, last } = newPayments({ pay: [pending('p1')] })
    const paying = payments.pay('250')
    await settled()
    await confirmations.challenge?.verify('123456')
    await paying
    t.strictSame(calls.slice(0, 4), [
      'pay a1 250',
      'send email t-p1',
      'check email t-p1 123456',
      'confirm a1 p1 proof',
    ])
    t.match(last(), {
      done: [{ amount: 250, verificationMethod: 'EMAIL_OTP' }],
      notice: {
        key: 'payment.doneConfirmed',
        values: { method: { key: 'authenticators.email' } },
      },
    })
  },
)

t.test('after a refusal another try is another payment', async (t) => {
  const { payments, confirmations, calls, last } = newPayments({
    pay: [pending('p1'), pending('p2')],
    confirm: [refusal('challenge_failed', { reason: 'refused' })],
  })
  const paying = payments.pay('250')
  await settled()
  await confirmations.challenge?.verify('123456')
  await confirmations.restart()
  await confirmations.challenge?.verify('123456')
  await paying
  const told = calls.filter((call) => /^(pay|confirm)/.test(call))
  t.strictSame(told, ['pay a1 250', 'confirm a1 p1 proof', 'pay a1 250', 'confirm a1 p2 proof'])
  t.equal(last()?.done.length, 1)
})

t.test('nothing is paid when the person thinks better of it', async (t) => {
  const { payments, confirmations, last } = newPayments({ pay: [pending('p1')] })
  const paying = payments.pay('250')
  await settled()
  confirmations.cancel()
  await paying
  t.strictSame(last(), { isBusy: false, notice: { key: 'payment.notDone' }, done: [] })
})

t.test('says why it could not be paid', async (t) => {
  const { payments, last } = newPayments({ pay: [refusal('sign_in_blocked')] })
  await payments.pay('250')
  t.match(last(), { complaint: { message: { key: 'error.blocked' }, isAboutField: false } })
})

t.test('asks nobody about what is no amount, and pays one at a time', async (t) => {
  const { payments, calls, last } = newPayments()
  await payments.pay('a lot')
  t.match(last(), { complaint: { isAboutField: true } })
  t.strictSame(calls, [])
  await Promise.all([payments.pay('20'), payments.pay('20')])
  t.strictSame(calls, ['pay a1 20'])
})

t.test('a payment of somebody who has gone is not shown to the next', async (t) => {
  const slow = later<Answer<Payment>>()
  const { payments, last } = newPayments({ pay: [slow.promise] })
  const paying = payments.pay('20')
  payments.forget()
  slow.settle(ok({ paymentId: 'p', amount: 20 }))
  await paying
  t.strictSame(last(), { isBusy: false, done: [] })
})

t.test('reads amounts as people write them', (t) => {
  const amounts = { '20': 20, '19,99': 19.99, '0.01': 0.01, ' 1000 € ': 1000, '10000': 10_000 }
  for (const [typed, amount] of Object.entries(amounts)) t.equal(readAmount(typed), amount, typed)
  for (const typed of ['', '0', '0,00', '-1', '1.234', '10000.01', '1e3', '12,', '1.000,00']) {
    t.equal(readAmount(typed), undefined, typed)
  }
  t.end()
})
