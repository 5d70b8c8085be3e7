import { checkOf, ok, problem } from '../check.ts'

const PORTAL = 'the Authsignal portal (API keys)'

const key = checkOf(({ authsignal }) => authsignal, {
  id: 'authsignal.key',
  holds: '`AUTHSIGNAL_SECRET` is good at `AUTHSIGNAL_URL`',
  why: 'a tenant lives in one region, and no other knows its key',
  worst: 'problem',
  examine({ verdict, status, rightUrl }) {
    if (verdict === 'accepted') return ok('the key is good there')
    if (verdict === 'no_authsignal') {
      return problem(
        `what answers there (status ${status}) is not Authsignal's API`,
        `set AUTHSIGNAL_URL to the API URL in ${PORTAL}`,
      )
    }
    if (rightUrl !== undefined) {
      return problem('the key is of another region', `set AUTHSIGNAL_URL=${rightUrl}`)
    }
    return problem(
      `the key is refused there (status ${status}): a wrong one, or of another region`,
      `set AUTHSIGNAL_SECRET and AUTHSIGNAL_URL to what stands in ${PORTAL}`,
    )
  },
})

export const AUTHSIGNAL = [key]
