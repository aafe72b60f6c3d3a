import { shorten } from '../api/common/formatValue';
import { isObject } from '../api/common/json';
import { NUMBER_COLUMNS } from '../api/views/mainColumns';
import type { Row } from '../api/views/row';

/** Columns that name a record, the best first. Each account configures the columns of a view. */
const NAME_COLUMNS = [
	'name',
	'subject',
	'title',
	'fullName',
	'companyName',
	'email',
	'userName',
	'description',
];

/** Maximum length of the text of a label and of an ID in it, in characters. */
const MAX_LENGTH = 200;

/** The number of a record and one name: `J-2026-0001 – Spring campaign (5001)`. */
export const formatLabel = (row: Row): string => {
	const fullName = [row.firstName, row.lastName].filter(Boolean).join(' ');
	const properties = isObject(row.properties) ? row.properties : {};
	const fields: Row = { fullName, ...properties, ...row };
	const parts = [NUMBER_COLUMNS, NAME_COLUMNS].flatMap((columns) =>
		columns
			.map((column) => fields[column])
			.filter((value) => typeof value === 'number' || typeof value === 'string')
			.map((value) => String(value).trim())
			.filter(Boolean)
			.slice(0, 1),
	);
	const label = shorten([...new Set(parts)].join(' – '), MAX_LENGTH);
	const id = shorten(String(row.id), MAX_LENGTH);
	return label ? `${label} (${id})` : id;
};

/** Statuses of records that are done with. Each account has its own: these are usual words (INFERRED). */
const CLOSED_STATUS = /\b(CLOSED|DONE|CANCELL?ED|REJECTED|ARCHIVED)\b/i;

const isClosed = ({ isDisabled, isCancelled, status }: Row): boolean =>
	isDisabled === true ||
	isCancelled === true ||
	(typeof status === 'string' && CLOSED_STATUS.test(status));

/** Open records first, then the newest: IDs grow (INFERRED). */
export const compareRecords = (a: Row, b: Row): number =>
	Number(isClosed(a)) - Number(isClosed(b)) || (Number(b.id) || 0) - (Number(a.id) || 0);
