import type { RowFilter } from '../api/views/conditions';

/** The hint for a filter without results. */
export const buildNoResultsHint = ({ untypedColumns: [column] }: RowFilter): string =>
	column === undefined
		? "No record meets the filters. Text is compared with its case and accents; the operator 'Contains' ignores both. The list of columns shows values as they are stored."
		: `No record meets the filters. The column "${column}" has no values that tell its type, so the value was compared as it was given. If the column contains something else, choose its 'Value Type'.`;
