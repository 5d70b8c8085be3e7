import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import { checkOf, notSeen, ok, problem, warning, withoutFix, type Check } from '../check.ts'
import { changePool } from '../fixes.ts'

export const poolCheck = (check: Parameters<typeof checkOf<UserPoolType>>[1]): Check =>
  checkOf(({ pool }) => withoutFix(pool), check)

const exists: Check = {
  id: 'pool.exists',
  holds: '`COGNITO_USER_POOL_ID` is a user pool of this account and region',
  why: 'nobody can sign in to a pool that is not there',
  worst: 'problem',
  examine({ pool }) {
    if ('seen' in pool) return ok('the user pool is there')
    if ('unseen' in pool) return notSeen(pool)
    return problem(
      pool.missing,
      'aws cognito-idp list-user-pools --max-results 60, then set COGNITO_USER_POOL_ID and AWS_REGION',
    )
  },
}

const mfa = poolCheck({
  id: 'pool.mfa',
  holds: 'the pool has no MFA of its own',
  why: 'Cognito would ask for a factor that this service does not offer',
  worst: 'problem',
  examine({ Id, MfaConfiguration = 'OFF' }) {
    if (MfaConfiguration === 'OFF') return ok('MFA of the pool is off')
    return problem(
      `MFA of the pool is ${MfaConfiguration}`,
      `aws cognito-idp set-user-pool-mfa-config --user-pool-id ${Id} --mfa-configuration OFF`,
    )
  },
})

const letterCase = poolCheck({
  id: 'pool.case',
  holds: 'usernames do not depend on upper and lower case',
  why: 'Ada@ and ada@ would be two accounts; the service writes addresses in lower case',
  worst: 'warning',
  examine({ UsernameConfiguration }) {
    // AWS docs: left out at creation through the API, it is true.
    if (UsernameConfiguration?.CaseSensitive === false) return ok('usernames ignore case')
    return warning(
      'usernames are case sensitive, which cannot be changed',
      'aws cognito-idp create-user-pool --username-configuration CaseSensitive=false … for a new pool, and move the users',
    )
  },
})

const whoCreates = poolCheck({
  id: 'pool.sign-up',
  holds: '`AllowAdminCreateUserOnly` fits `PROVISIONING`',
  why: 'SignUp must be open for `sign-up`, and otherwise lets strangers take up addresses',
  worst: 'problem',
  examine({ AdminCreateUserConfig }, { config: { PROVISIONING } }) {
    const adminOnly = AdminCreateUserConfig?.AllowAdminCreateUserOnly === true
    const found = `AllowAdminCreateUserOnly is ${adminOnly} and PROVISIONING is ${PROVISIONING}`
    const fix = changePool(`.AdminCreateUserConfig.AllowAdminCreateUserOnly=${!adminOnly}`)
    if (PROVISIONING === 'sign-up') {
      return adminOnly ? problem(found, `${fix}, or set PROVISIONING=create`) : ok(found)
    }
    return adminOnly ? ok(found) : warning(found, fix)
  },
})

const autoVerified = poolCheck({
  id: 'pool.auto-verified',
  holds: 'Cognito verifies no addresses by itself',
  why: "users would get Cognito's code beside Authsignal's",
  worst: 'warning',
  examine({ AutoVerifiedAttributes = [] }) {
    if (AutoVerifiedAttributes.length === 0) return ok('Cognito sends no codes of its own')
    return warning(
      `AutoVerifiedAttributes has ${AutoVerifiedAttributes.join(', ')}`,
      changePool('.AutoVerifiedAttributes=[]'),
    )
  },
})

const deletionProtection = poolCheck({
  id: 'pool.deletion-protection',
  holds: 'the pool is protected from deletion',
  why: 'one call would delete every user',
  worst: 'warning',
  examine({ DeletionProtection }) {
    if (DeletionProtection === 'ACTIVE') return ok('deletion protection is on')
    return warning('deletion protection is off', changePool('.DeletionProtection="ACTIVE"'))
  },
})

export const USER_POOL = [exists, mfa, letterCase, whoCreates, autoVerified, deletionProtection]
