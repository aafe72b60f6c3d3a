import { removeExpressions, shorten } from '../api/common/formatValue';
import { isObject } from '../api/common/json';
import { isNameText, joinFullName, NAME_COLUMNS, NUMBER_COLUMNS } from '../api/common/recordNames';
import type { Row } from '../api/views/row';

/** Maximum length of the text of a label and of an ID in it, in characters. */
const MAX_LABEL_LENGTH = 200;

/** The number of a record and one name: `J-2026-0001 – Spring campaign (5001)`. n8n saves the label of a chosen record. */
export const formatLabel = (row: Row): string => {
	const properties = isObject(row.properties) ? row.properties : {};
	const fields: Row = { fullName: joinFullName(row), ...properties, ...row };
	const parts = [NUMBER_COLUMNS, NAME_COLUMNS].flatMap((columns) =>
		columns
			.map((column) => fields[column])
			.filter(isNameText)
			.map((value) => String(value).trim())
			.filter(Boolean)
			.slice(0, 1),
	);
	const label = shorten([...new Set(parts)].join(' – '), MAX_LABEL_LENGTH);
	const id = shorten(String(row.id), MAX_LABEL_LENGTH);
	return removeExpressions(label ? `${label} (${id})` : id);
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
