/** Everything that nodes do, apart from their descriptions. `onFirstUse.ts` loads it. */
export { searchDocumentTypes, searchRecords } from './methods/listSearch';
export { getColumns } from './methods/loadOptions';
export { getFields } from './methods/resourceMapping';
export { getWritableFields } from './methods/writableFields';
export { execute } from './operations/router';
export { poll } from './triggers/poll/poll';
export { prepareWebhook, testPushSecret, webhook } from './triggers/push/push';
