import { isObject, type Json, objectAt, textAt } from '../objects/json.ts'
import { invalid } from '../objects/status-error.ts'
import { may, type User } from './users.ts'

/** Answers a SelfSubjectAccessReview: whether its author may do what it asks about. Throws StatusError. */
export function reviewAccess(user: User, input: Json): Json {
  const wanted = objectAt(input, 'spec').resourceAttributes
  if (!isObject(wanted))
    throw invalid({ group: 'authorization.k8s.io', kind: '', name: '' }, [
      {
        reason: 'FieldValueInvalid',
        message:
          'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
        field: 'spec.resourceAttributes',
      },
    ])
  const text = (field: string) => textAt(wanted, field) ?? ''
  const allowed = may(user, {
    verb: text('verb'),
    group: text('group'),
    resource: text('resource'),
    subresource: text('subresource'),
    namespace: text('namespace'),
    name: text('name'),
  })
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: { resourceAttributes: wanted },
    status: { allowed },
  }
}
