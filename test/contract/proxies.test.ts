import { testProxies } from '../../kit/contract/proxies.ts'
import { sandboxSubject } from './subject.ts'

testProxies(sandboxSubject({ web: true, proxies: true, replicas: 2 }))
