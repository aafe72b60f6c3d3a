import type { IDataObject } from 'n8n-workflow';

import { InvalidInput } from './common/invalidInput';
import { formatValue } from './common/formatValue';
import { isObject, isObjectOrList } from './common/json';
import type { EntityName } from './schema/catalog';
import type { TeamogyClient } from './transport/client';

/** Selects one record of an entity: by `id`, or by the parameter of its registration number. */
export type Selector = { id: string } | { registration: string } | { number: string };

export interface RecordRequest {
	entity: EntityName;
	/** The record as messages name it, e.g. `company 12`. */
	subject: string;
	unitId?: number;
}

/** A record's ID as Teamogy has them, int64 (DOC); undefined for what is no whole number above 0. */
export function toRecordId(value: unknown): string | undefined {
	// A larger number has lost digits and would be the ID of another record; as text it is exact.
	const isExact = typeof value === 'string' || Number.isSafeInteger(value);
	const [, id] = (isExact && /^0*([1-9]\d{0,18})$/.exec(String(value).trim())) || [];
	return id;
}

/**
 * Parses a record's ID, an int64 (DOC).
 *
 * @param alternative another way to select the record, for the message
 * @throws InvalidInput when the value is not a whole number above 0
 */
export function parseRecordId(value: unknown, label: string, alternative = ''): string {
	const id = toRecordId(value);
	if (id !== undefined) return id;
	const text = formatValue(value ?? '').trim();
	throw new InvalidInput(
		text ? `${label}, "${text}", is not an ID` : `${label} is empty`,
		`An ID of Teamogy is a whole number above 0, e.g. 1234. ${alternative}`.trim(),
	);
}

/** Whether a response is only an ID, as "the saved company id" (DOC "Company create") may be. */
const isBareId = (response: unknown): response is number | string =>
	typeof response === 'string'
		? /^[1-9]\d{0,18}$/.test(response)
		: Number.isSafeInteger(response) && Number(response) > 0;

/** Whether a response can be one to a write; its shape is UNKNOWN. */
const isWriteResponse = (response: unknown): boolean =>
	isObjectOrList(response) || isBareId(response);

const toRequest = ({ entity, ...record }: RecordRequest) => ({ ...record, path: entity });

/** Reads one record: `GET /{entity}?id=…` (CLIENT). The shape of the response is UNKNOWN. */
export const readRecord = async (
	client: TeamogyClient,
	record: RecordRequest,
	query: Selector,
): Promise<unknown> =>
	await client.request({ ...toRequest(record), requestKind: 'get', method: 'GET', query });

/** Creates one record: `POST /{entity}` (CLIENT; documents DOC). Sent once, see TeamogyClient. */
export async function createRecord(
	client: TeamogyClient,
	record: RecordRequest,
	body: IDataObject,
): Promise<unknown> {
	const kind = { requestKind: 'create', method: 'POST', isReadable: isWriteResponse } as const;
	return await client.request({ ...toRequest(record), ...kind, body });
}

/** Changes one record: `PATCH /{entity}?id=…` (CLIENT; documents DOC). */
export async function updateRecord(
	client: TeamogyClient,
	record: RecordRequest,
	query: Selector,
	body: IDataObject,
): Promise<unknown> {
	const kind = { requestKind: 'update', method: 'PATCH', isReadable: isWriteResponse } as const;
	return await client.request({ ...toRequest(record), ...kind, query, body });
}

const unwrapList = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);

/** The fields of a record, which may come bare, in a list or under `data` (UNKNOWN). */
export function extractFields(response: unknown): IDataObject {
	const record = unwrapList(response);
	if (!isObject(record)) return {};
	const isBare = Object.hasOwn(record, 'id') || typeof record.data !== 'object';
	const fields = isBare ? record : unwrapList(record.data);
	return isObject(fields) ? fields : {};
}

/** The ID in the response to a write: `id` (INFERRED, its key is UNKNOWN), or the response itself. */
export function extractId(response: unknown): string | undefined {
	const id = isBareId(response) ? response : extractFields(response).id;
	return isBareId(id) ? String(id) : undefined;
}
