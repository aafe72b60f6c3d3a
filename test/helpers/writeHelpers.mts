export { getBodies } from './loggedRequests.mts';
