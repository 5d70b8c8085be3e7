import type { Operation } from '../protocol/dispatch.ts'
import type { Services } from '../services.ts'
import { adminCreateUser } from './admin-create-user.ts'
import { adminDeleteUser } from './admin-delete-user.ts'
import { adminDisableUser } from './admin-disable-user.ts'
import { adminEnableUser } from './admin-enable-user.ts'
import { adminGetUser } from './admin-get-user.ts'
import { adminSetUserPassword } from './admin-set-user-password.ts'
import { adminUpdateUserAttributes } from './admin-update-user-attributes.ts'
import { adminUserGlobalSignOut } from './admin-user-global-sign-out.ts'
import { deleteUser } from './delete-user.ts'
import { describeUserPoolClient } from './describe-user-pool-client.ts'
import { describeUserPool } from './describe-user-pool.ts'
import { getTokensFromRefreshToken } from './get-tokens-from-refresh-token.ts'
import { getUser } from './get-user.ts'
import { globalSignOut } from './global-sign-out.ts'
import { initiateAuth } from './initiate-auth.ts'
import { listUsers } from './list-users.ts'
import { respondToAuthChallenge } from './respond-to-auth-challenge.ts'
import { revokeToken } from './revoke-token.ts'
import { signUp } from './sign-up.ts'
import { updateUserAttributes } from './update-user-attributes.ts'

/** By the name that stands in the target header. */
export function operations(services: Services): Record<string, Operation> {
  return {
    AdminCreateUser: adminCreateUser(services),
    AdminDeleteUser: adminDeleteUser(services),
    AdminDisableUser: adminDisableUser(services),
    AdminEnableUser: adminEnableUser(services),
    AdminGetUser: adminGetUser(services),
    AdminSetUserPassword: adminSetUserPassword(services),
    AdminUpdateUserAttributes: adminUpdateUserAttributes(services),
    AdminUserGlobalSignOut: adminUserGlobalSignOut(services),
    DeleteUser: deleteUser(services),
    DescribeUserPool: describeUserPool(services),
    DescribeUserPoolClient: describeUserPoolClient(services),
    GetTokensFromRefreshToken: getTokensFromRefreshToken(services),
    GetUser: getUser(services),
    GlobalSignOut: globalSignOut(services),
    InitiateAuth: initiateAuth(services),
    ListUsers: listUsers(services),
    RespondToAuthChallenge: respondToAuthChallenge(services),
    RevokeToken: revokeToken(services),
    SignUp: signUp(services),
    UpdateUserAttributes: updateUserAttributes(services),
  }
}
