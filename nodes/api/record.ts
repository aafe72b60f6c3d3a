import type { IDataObject } from 'n8n-workflow';

import { InvalidInput } from './transport/errors';
import { formatValue } from './formatValue';
import { isObject, isObjectOrList } from './json';
import type { EntityName } from './schema/catalog';
import type { TeamogyClient } from './transport/client';

/** Selects one record of an entity: by `id`, or by the parameter of its registration number. */
export type Selector = { id: string } | { registration: string } | { number: string };

export interface RecordRequest {
	entity: EntityName;
	/** The record as messages name it, e.g. `company 12`. */
	what: string;
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
 * A record's ID that was entered.
 *
 * @param alternative another way to select the record, for the message
 * @throws InvalidInput when it is no whole number above 0
 */
export function parseRecordId(value: unknown, where: string, alternative = ''): string {
	const id = toRecordId(value);
	if (id !== undefined) return id;
	const text = formatValue(value ?? '').trim();
	throw new InvalidInput(
		text ? `${where}, "${text}", is not an ID` : `${where} is empty`,
		['An ID of Teamogy is a whole number above 0, e.g. 1234.', alternative]
			.filter(Boolean)
			.join(' '),
	);
}

/** An ID by itself: "the saved company id" (DOC "Company create") may be the whole response to a write. */
const isBareId = (response: unknown): response is number | string =>
	typeof response === 'string'
		? /^[1-9]\d{0,18}$/.test(response)
		: Number.isSafeInteger(response) && Number(response) > 0;

/** A response to a write; its shape is UNKNOWN. */
const isWriteResponse = (response: unknown): boolean =>
	isObjectOrList(response) || isBareId(response);

const toRequest = ({ entity, what, unitId }: RecordRequest) => ({ path: entity, what, unitId });

/** Reads one record: `GET /{entity}?id=…` (CLIENT). The shape of the response is UNKNOWN. */
export const readRecord = async (
	client: TeamogyClient,
	record: RecordRequest,
	selector: Selector,
): Promise<unknown> =>
	await client.request({
		...toRequest(record),
		requestKind: 'get',
		method: 'GET',
		query: { ...selector },
	});

/** Creates one record: `POST /{entity}` (CLIENT; documents DOC). Sent once, see TeamogyClient. */
export const createRecord = async (
	client: TeamogyClient,
	record: RecordRequest,
	body: IDataObject,
): Promise<unknown> =>
	await client.request({
		...toRequest(record),
		requestKind: 'create',
		method: 'POST',
		body,
		isReadable: isWriteResponse,
	});

/** Changes one record: `PATCH /{entity}?id=…` (CLIENT; documents DOC). */
export const updateRecord = async (
	client: TeamogyClient,
	record: RecordRequest,
	selector: Selector,
	body: IDataObject,
): Promise<unknown> =>
	await client.request({
		...toRequest(record),
		requestKind: 'update',
		method: 'PATCH',
		query: { ...selector },
		body,
		isReadable: isWriteResponse,
	});

/** How many lists and `data` wrappers may be around a record. */
const MAX_WRAPPERS = 10;

/** The fields of a record, which may come bare, in a list or wrapped in `data` (UNKNOWN). */
export function extractFields(response: unknown): IDataObject {
	let inner = response;
	for (let wrappers = 0; wrappers <= MAX_WRAPPERS; wrappers++) {
		if (Array.isArray(inner)) inner = inner[0];
		else if (!isObject(inner)) return {};
		else if (Object.hasOwn(inner, 'id') || typeof inner.data !== 'object') return inner;
		else inner = inner.data;
	}
	return {};
}

/** The ID in the response to a write: `id` (INFERRED, its key is UNKNOWN), or the response itself. */
export function extractId(response: unknown): string | undefined {
	const id = isBareId(response) ? response : extractFields(response).id;
	return isBareId(id) ? String(id) : undefined;
}
