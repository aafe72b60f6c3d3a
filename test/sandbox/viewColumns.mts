import get from 'lodash/get.js';
import mapValues from 'lodash/mapValues.js';
import type { RelatedRecords } from './relatedRecords.mts';
import type { StoredRecord } from './types.mts';

/** Columns of views: how they are named, and what they show of a record and of those related to it. */
export type Columns = Record<string, (record: StoredRecord, related: RelatedRecords) => unknown>;

function getProperties(record: StoredRecord): Record<string, unknown> {
	return (record.properties ?? {}) as Record<string, unknown>;
}

/** Columns that are fields of the record; a missing one is null. */
export function fields(...names: string[]): Columns {
	return Object.fromEntries(names.map((name) => [name, (record) => record[name] ?? null]));
}

/** Columns that repeat an entry of `properties`, as { column: key }. */
export function entries(columns: Record<string, string>): Columns {
	return mapValues(columns, (key) => (record: StoredRecord) => getProperties(record)[key] ?? null);
}

/** Columns that are parts of a nested value, as get of lodash finds them; a missing one is null. */
export function parts(columns: Record<string, string>): Columns {
	return mapValues(columns, (path) => (record: StoredRecord) => get(record, path) ?? null);
}

export const properties: Columns = { properties: (record) => record.properties ?? {} };
export const unit: Columns = {
	...fields('agencyId'),
	agencyName: (record, related) => related.getName('agencies', record.agencyId),
};
export const owner: Columns = {
	...fields('ownerId'),
	ownerName: (record, related) => related.getUserName(record.ownerId),
};
export const company: Columns = {
	...fields('companyId'),
	companyName: (record, related) => related.getName('companies', record.companyId),
};
export const job: Columns = {
	...fields('jobId'),
	jobName: (record, related) => related.getName('jobs', record.jobId),
};
export const binder: Columns = {
	...fields('binderId'),
	binderName: (record, related) => related.getBinderName(record.binderId),
};
export const user: Columns = {
	...fields('userId'),
	userName: (record, related) => related.getUserName(record.userId),
};
export const companyOfJob: Columns = {
	companyId: (record, related) => related.getField('jobs', record.jobId, 'companyId'),
	companyName: (record, related) =>
		related.getName('companies', related.getField('jobs', record.jobId, 'companyId')),
};
export const document: Columns = {
	...fields('id', 'type', 'number', 'status', 'statusDate', 'category'),
	...unit,
	...owner,
	...company,
	...fields('personId'),
	personName: (record, related) => related.getPersonName(record.personId),
	...job,
	...binder,
	...entries({ name: 'name' }),
	...fields('tags', 'participantIds', 'isDisabled', 'isDraft', 'isCancelled'),
};
export const created = entries({ createdOn: 'createdOn' });
export const money = entries({
	currency: 'currency',
	net: 'amountNet',
	vatRate: 'vatRate',
	vat: 'amountVat',
	total: 'amountTotal',
});
export const invoice: Columns = {
	...document,
	...money,
	...entries({
		issueDate: 'createdOn',
		supplyDate: 'supplyOn',
		dueDate: 'dueOn',
		paidDate: 'paidOn',
	}),
	paymentStatus: (record, related) => {
		const { paidOn, dueOn } = getProperties(record);
		if (paidOn) return 'PAID';
		return typeof dueOn === 'string' && dueOn !== '' && dueOn < related.today
			? 'OVERDUE'
			: 'UNPAID';
	},
	...entries({
		paymentCondition: 'paymentCondition',
		poNumber: 'poNumber',
		referenceNumber: 'referenceNumber',
	}),
};
