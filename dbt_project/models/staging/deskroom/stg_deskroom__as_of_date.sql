-- As-of dates that a package names because it brings no monthly snapshots.
with data_package as (

  select * from {{ source('deskroom', 'data_package') }}

)

select distinct cast(named.value as date) as as_of_date
from data_package
{{ document_texts('data_package.definition', 'as_of_dates', 'named') }}
