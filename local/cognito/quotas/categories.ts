/** Calls per second of one account and Region, and what counts among them. */
export interface CategoryRules {
  perSecond: number
  /** Whether AWS gives more to those who ask. */
  adjustable: boolean
  operations: readonly string[]
}

/**
 * Defaults of a new account, for what is spoken here (AWS docs: Quotas in Amazon Cognito). Which
 * operations UserToken and UserResourceUpdate hold is assumed.
 */
export const CATEGORIES = {
  UserAuthentication: {
    perSecond: 120,
    adjustable: true,
    // RespondToAuthChallenge too, by a rule of its own: see Quotas.
    operations: ['InitiateAuth'],
  },
  UserCreation: { perSecond: 50, adjustable: true, operations: ['AdminCreateUser', 'SignUp'] },
  UserAccountRecovery: {
    perSecond: 30,
    adjustable: false,
    operations: ['AdminSetUserPassword'],
  },
  UserRead: { perSecond: 120, adjustable: true, operations: ['AdminGetUser', 'GetUser'] },
  UserUpdate: {
    perSecond: 25,
    adjustable: false,
    operations: ['AdminUpdateUserAttributes', 'UpdateUserAttributes'],
  },
  UserToken: {
    perSecond: 120,
    adjustable: true,
    operations: ['GetTokensFromRefreshToken', 'RevokeToken'],
  },
  UserResourceUpdate: {
    perSecond: 25,
    adjustable: false,
    operations: [
      'AdminDeleteUser',
      'AdminDisableUser',
      'AdminEnableUser',
      'AdminUserGlobalSignOut',
      'DeleteUser',
      'GlobalSignOut',
    ],
  },
  UserList: { perSecond: 30, adjustable: false, operations: ['ListUsers'] },
  UserPoolRead: { perSecond: 15, adjustable: false, operations: ['DescribeUserPool'] },
  UserPoolClientRead: {
    perSecond: 15,
    adjustable: false,
    operations: ['DescribeUserPoolClient'],
  },
} as const satisfies Record<string, CategoryRules>

export type Category = keyof typeof CATEGORIES

export function isCategory(name: string): name is Category {
  return Object.hasOwn(CATEGORIES, name)
}

export const categoryNames: readonly Category[] = Object.keys(CATEGORIES).filter(isCategory)

const ALL: readonly (readonly [string, Category])[] = categoryNames.flatMap((category) =>
  CATEGORIES[category].operations.map((operation) => [operation, category] as const),
)

/** By operation. */
export const CATEGORY_OF: ReadonlyMap<string, Category> = new Map(ALL)
