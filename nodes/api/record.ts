import type { IDataObject } from 'n8n-workflow';

import { InvalidInput } from './transport/errors';
import { formatValue } from './formatValue';
import { isObjectOrList } from './json';
import type { EntityName } from './schema/catalog';
import type { TeamogyClient } from './transport/client';

/** What picks one record of an entity: `id`, or the parameter of its registration number. */
export type Selector = { id: string } | { registration: string } | { number: string };

export interface RecordRequest {
	entity: EntityName;
	/** The record as messages name it, e.g. `company 12`. */
	what: string;
	unitId?: number;
}

/**
 * A record's ID as Teamogy has them, int64 (DOC).
 *
 * @param otherwise another way to pick the record, if there is one
 * @throws InvalidInput when it is no whole number above 0
 */
export function parseRecordId(given: unknown, where: string, otherwise = ''): string {
	const text = formatValue(given ?? '').trim();
	// A longer number has lost digits already and would be another record's; as text it is whole.
	const whole = typeof given !== 'number' || Number.isSafeInteger(given);
	if (whole && /^0*[1-9]\d{0,18}$/.test(text)) return text.replace(/^0+/, '');
	throw new InvalidInput(
		text ? `${where}, "${text}", is not an ID` : `${where} is empty`,
		['An ID of Teamogy is a whole number above 0, e.g. 1234.', otherwise].filter(Boolean).join(' '),
	);
}

/** Reads one record: `GET /{entity}?id=…` (CLIENT). The shape of the answer is UNKNOWN. */
export const readRecord = async (
	client: TeamogyClient,
	{ entity, what, unitId }: RecordRequest,
	selector: Selector,
): Promise<unknown> =>
	await client.request({
		requestKind: 'get',
		method: 'GET',
		path: entity,
		query: { ...selector },
		what,
		unitId,
	});

/** An ID by itself: "the saved company id" (DOC "Company create") may be all a write is answered with. */
const isBareId = (response: unknown): response is number | string =>
	typeof response === 'string' ? /^[1-9]\d{0,18}$/.test(response) : isPositive(response);

const isPositive = (response: unknown): response is number =>
	typeof response === 'number' && Number.isSafeInteger(response) && response > 0;

/** What a write may be answered with; its shape is UNKNOWN. */
const isWriteResponse = (response: unknown): boolean =>
	isObjectOrList(response) || isBareId(response);

/** Creates one record: `POST /{entity}` (CLIENT; documents DOC). Sent once, see TeamogyClient. */
export const createRecord = async (
	client: TeamogyClient,
	{ entity, what, unitId }: RecordRequest,
	body: IDataObject,
): Promise<unknown> =>
	await client.request({
		requestKind: 'create',
		method: 'POST',
		path: entity,
		body,
		what,
		unitId,
		isReadable: isWriteResponse,
	});

/** Changes one record: `PATCH /{entity}?id=…` (CLIENT; documents DOC). */
export const updateRecord = async (
	client: TeamogyClient,
	{ entity, what, unitId }: RecordRequest,
	selector: Selector,
	body: IDataObject,
): Promise<unknown> =>
	await client.request({
		requestKind: 'update',
		method: 'PATCH',
		path: entity,
		query: { ...selector },
		body,
		what,
		unitId,
		isReadable: isWriteResponse,
	});

const getData = (wrapper: object): unknown =>
	Object.hasOwn(wrapper, 'data') ? (wrapper as { data: unknown }).data : undefined;

/** How many lists and wrappers may be around a record. */
const MAX_WRAPPERS = 10;

/** The fields of a record, whether it comes bare, in a list or wrapped in `data` (UNKNOWN). */
export function extractFields(response: unknown): IDataObject {
	let inner = response;
	for (let wrappers = 0; wrappers <= MAX_WRAPPERS; wrappers++) {
		if (typeof inner !== 'object' || inner === null) return {};
		const isWrapped =
			!Array.isArray(inner) && !Object.hasOwn(inner, 'id') && typeof getData(inner) === 'object';
		if (!Array.isArray(inner) && !isWrapped) return inner as IDataObject;
		inner = Array.isArray(inner) ? inner[0] : getData(inner);
	}
	return {};
}

/** The ID in an answer to a write: `id` (INFERRED, its key is UNKNOWN), or the answer itself. */
export function extractId(response: unknown): string | undefined {
	const id = isBareId(response) ? response : extractFields(response).id;
	return isBareId(id) ? String(id) : undefined;
}
