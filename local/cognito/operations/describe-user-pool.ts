import { requirePool, type Pool } from '../pool.ts'
import type { Operation } from '../protocol/dispatch.ts'
import * as fields from '../protocol/fields.ts'
import { answering } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'
import { STANDARD } from '../users/attributes.ts'

/** The settings that callers may want to check; without those about messages, domains and dates. */
export function describeUserPool({ pool }: Needs<'pool'>): Operation {
  const addresses = ['email', 'phone_number']
  return answering({ UserPoolId: fields.userPoolId }, ({ UserPoolId }) => {
    requirePool(pool, UserPoolId)
    const { described } = pool
    return {
      UserPool: {
        Id: pool.id,
        Name: 'local',
        Arn: `arn:aws:cognito-idp:${pool.region}:${described.accountId}:userpool/${pool.id}`,
        LambdaConfig: described.functions,
        SchemaAttributes: schemaOf(pool),
        AutoVerifiedAttributes: described.autoVerifiedAttributes,
        DeletionProtection: described.deletionProtection,
        MfaConfiguration: described.mfaConfiguration,
        UsernameConfiguration: { CaseSensitive: pool.caseSensitive },
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: !pool.signUpAllowed },
        ...(pool.usernames === 'email-or-phone' && { UsernameAttributes: addresses }),
        ...(pool.usernames === 'alias' && { AliasAttributes: addresses }),
      },
    }
  })
}

/** A pool describes every standard attribute, used or not, and `sub` as required and fixed. */
function schemaOf({ described }: Pool): object[] {
  return ['sub', ...STANDARD].map((name) => ({
    Name: name,
    AttributeDataType: dataTypeOf(name),
    DeveloperOnlyAttribute: false,
    Mutable: name !== 'sub',
    Required: name === 'sub' || described.requiredAttributes.includes(name),
  }))
}

function dataTypeOf(name: string): string {
  if (name.endsWith('_verified')) return 'Boolean'
  return name === 'updated_at' ? 'Number' : 'String'
}
