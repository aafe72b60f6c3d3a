import type { RowFilter } from '../api/views/conditions';

/** How Teamogy compares: other than the node, which checks what Teamogy's grammar cannot express. */
const COMPARISON_ADVICE =
	" Text is compared with its case and accents; the operator 'Contains' ignores both. The list of columns shows values as they are stored.";

/** The hint for a filter without results. */
export const buildNoResultsHint = ({ filter, untypedColumns: [column] }: RowFilter): string =>
	column === undefined
		? `No record meets the filters.${filter === undefined ? '' : COMPARISON_ADVICE}`
		: `No record meets the filters. The column "${column}" has no values that tell its type, so the value was compared as it was given. If the column contains something else, choose its 'Value Type'.`;
