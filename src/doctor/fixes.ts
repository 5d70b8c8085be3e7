import type {
  UpdateUserPoolClientRequest,
  UpdateUserPoolRequest,
  UserPoolClientType,
  UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Config } from '../config.ts'

/** Texts that VerificationMessageTemplate repeats; sent beside it they only have to agree. */
type Repeated = 'SmsVerificationMessage' | 'EmailVerificationMessage' | 'EmailVerificationSubject'

/** What a pool tells of itself that an update takes; the compiler knows if one is missing. */
const POOL_MEMBERS: Record<
  Exclude<keyof UserPoolType & keyof UpdateUserPoolRequest, Repeated>,
  true
> = {
  Policies: true,
  DeletionProtection: true,
  LambdaConfig: true,
  AutoVerifiedAttributes: true,
  VerificationMessageTemplate: true,
  SmsAuthenticationMessage: true,
  UserAttributeUpdateSettings: true,
  MfaConfiguration: true,
  DeviceConfiguration: true,
  EmailConfiguration: true,
  SmsConfiguration: true,
  UserPoolTags: true,
  AdminCreateUserConfig: true,
  UserPoolAddOns: true,
  DcrConfiguration: true,
  AccountRecoverySetting: true,
  UserPoolTier: true,
  KeyConfiguration: true,
  IssuerConfiguration: true,
  AcrConfiguration: true,
}

/** What an app client tells of itself that an update does not take. */
const ONLY_DESCRIBED: Record<
  Exclude<keyof UserPoolClientType, keyof UpdateUserPoolClientRequest>,
  true
> = { ClientSecret: true, LastModifiedDate: true, CreationDate: true, ClientType: true }

/** Changes one setting of the pool, given as jq writes it. */
export const changePool = (setting: string): string => `change_pool '${setting}'`

/** Changes one setting of the app client. */
export const changeClient = (setting: string): string => `change_client '${setting}'`

/** The setting of a list of texts. */
export function settingOf(name: string, values: readonly string[]): string {
  return `.${name}=${JSON.stringify(values)}`
}

/** Adds one permission to the role of the service, beside those it has. */
export function grant(action: string, poolArn: string): string {
  const statement = { Effect: 'Allow', Action: `cognito-idp:${action}`, Resource: poolArn }
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  return `aws iam put-role-policy --role-name "$ROLE" --policy-name cognito-authsignal-bff-${action} --policy-document '${policy}'`
}

/**
 * The shell functions that fixes call. `update-user-pool` and `update-user-pool-client` reset every
 * setting that they are not given (AWS docs: API reference), so what is there is read first.
 */
export function shellFunctions(
  config: Pick<Config, 'AWS_REGION' | 'COGNITO_USER_POOL_ID' | 'COGNITO_CLIENT_ID'>,
): string[] {
  const pool = `--user-pool-id ${config.COGNITO_USER_POOL_ID}`
  const client = `${pool} --client-id ${config.COGNITO_CLIENT_ID}`
  // Policies says the same, and Cognito refuses both together.
  const poolInput = `{UserPoolId:.Id,PoolName:.Name,${Object.keys(POOL_MEMBERS).join(',')}} | del(.AdminCreateUserConfig.UnusedAccountValidityDays) | with_entries(select(.value != null))`
  const clientInput = `del(${Object.keys(ONLY_DESCRIBED)
    .map((member) => `.${member}`)
    .join(',')})`
  return [
    // Version 1 of the AWS CLI reads the second.
    `export AWS_REGION=${config.AWS_REGION} AWS_DEFAULT_REGION=${config.AWS_REGION}`,
    `change_pool() { aws cognito-idp update-user-pool --cli-input-json "$(aws cognito-idp describe-user-pool ${pool} --query UserPool --output json | jq "${poolInput} | $1")"; }`,
    `change_client() { aws cognito-idp update-user-pool-client --cli-input-json "$(aws cognito-idp describe-user-pool-client ${client} --query UserPoolClient --output json | jq "${clientInput} | $1")" --query UserPoolClient.ClientId; }`,
  ]
}
