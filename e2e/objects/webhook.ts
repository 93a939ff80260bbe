import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { ISTIOD } from '../processes/addresses.ts'
import { authority } from '../processes/credentials.ts'

/** Makes istiod validate every write of Istio's objects, as in an installed Istio. */
export function istiodWebhook(): KubeObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'istio-validator-istio-system' },
    webhooks: [
      {
        name: 'validation.istio.io',
        clientConfig: {
          url: `https://127.0.0.1:${ISTIOD.webhook}/validate`,
          caBundle: Buffer.from(authority()).toString('base64'),
        },
        rules: [
          {
            operations: ['CREATE', 'UPDATE'],
            apiGroups: ['networking.istio.io'],
            apiVersions: ['*'],
            resources: ['*'],
          },
        ],
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  }
}
