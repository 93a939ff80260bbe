import { isObject, type Json, type JsonObject, objectAt, textAt } from '../objects/json.ts'
import { invalid } from '../objects/status-error.ts'
import { wholeSeconds } from '../objects/whole-seconds.ts'
import { ruleFor, type User, whyAllowed } from './users.ts'

/**
 * Answers a SelfSubjectAccessReview: whether the user has the right, and by which rule. `manager` is the name in its
 * managedFields. Throws StatusError.
 */
export function reviewAccess(user: User, input: Json, manager: string, now: Date): Json {
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
  const rule = ruleFor(user, {
    verb: text('verb'),
    group: text('group'),
    resource: text('resource'),
    subresource: text('subresource'),
    namespace: text('namespace'),
    name: text('name'),
  })
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ''))
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { managedFields: [ownerOf(given, manager, now)] },
    spec: { resourceAttributes: given },
    status: rule === undefined ? { allowed: false } : { allowed: true, ...whyAllowed(user, rule) },
  }
}

function ownerOf(attributes: JsonObject, manager: string, now: Date): Json {
  const fields = Object.keys(attributes).sort()
  return {
    manager,
    operation: 'Update',
    apiVersion: 'authorization.k8s.io/v1',
    time: wholeSeconds(now),
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:spec': {
        'f:resourceAttributes': {
          '.': {},
          ...Object.fromEntries(fields.map((field) => [`f:${field}`, {}])),
        },
      },
    },
  }
}
