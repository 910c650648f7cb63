-- The risk targets that packages name; none where they leave it open.
with data_package as (

  select * from {{ source('deskroom', 'data_package') }}

)

select distinct cast(named.value as varchar(63)) as target_name
from data_package
{{ document_texts('data_package.definition', 'targets', 'named') }}
