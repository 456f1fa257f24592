"""Hugging Face: models and tokenizers of transformers, data sets of datasets.

A pretrained model has at least some megabytes; a tokenizer carries its vocabulary, half a megabyte or more. Calling a
tokenizer, ``encode`` and ``tokenize`` set how it pads and truncates, and ``decode`` keeps an option, so they are not
listed. A data set that is loaded is pickled as the names of its memory-mapped files, 1 to 3 KB; one that is made of
data in memory is pickled with the data. Programs often have a module of their own that is called datasets, so only
``Dataset`` is listed.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_MODELS = "Transformers API reference, Auto Classes and Models"
_TOKENIZERS = "Transformers API reference, Tokenizer"
_SETS = "Datasets API reference, Main classes"
_TASKS = (
    "AudioClassification CTC CausalLM ImageClassification ImageSegmentation ImageTextToText MaskedLM MultipleChoice "
    "NextSentencePrediction ObjectDetection PreTraining QuestionAnswering SemanticSegmentation Seq2SeqLM "
    "SequenceClassification SpeechSeq2Seq TokenClassification ZeroShotImageClassification"
)
_CLASSES = (
    "AlbertModel BartForConditionalGeneration BartModel BertForMaskedLM BertForSequenceClassification "
    "BertForTokenClassification BertModel CLIPModel DistilBertForSequenceClassification DistilBertModel ElectraModel "
    "GPT2LMHeadModel GPT2Model GPTNeoForCausalLM GPTNeoXForCausalLM LlamaForCausalLM LlamaModel MistralForCausalLM "
    "OPTForCausalLM RobertaForSequenceClassification RobertaModel T5ForConditionalGeneration T5Model "
    "ViTForImageClassification ViTModel Wav2Vec2ForCTC WhisperForConditionalGeneration XLMRobertaModel"
)
_AUTO = "AutoModel " + " ".join(f"AutoModelFor{task}" for task in _TASKS.split())
_PRETRAINED = tuple(f"transformers.{name}.from_pretrained" for name in f"{_AUTO} {_CLASSES}".split())
_WORDS = (
    "AutoTokenizer BertTokenizer BertTokenizerFast CLIPTokenizer DistilBertTokenizer GPT2Tokenizer GPT2TokenizerFast "
    "LlamaTokenizer LlamaTokenizerFast PreTrainedTokenizerFast RobertaTokenizer RobertaTokenizerFast T5Tokenizer "
    "T5TokenizerFast XLMRobertaTokenizer"
)
_SENTENCES = names("sentence_transformers", "CrossEncoder SentenceTransformer")
_VOCABULARIES = tuple(f"transformers.{name}.from_pretrained" for name in _WORDS.split())
_TOKENIZER_TYPES = names("transformers", "PreTrainedTokenizer PreTrainedTokenizerBase PreTrainedTokenizerFast")
_IN_MEMORY = names("datasets.Dataset", "from_dict from_list from_pandas")

LIBRARY = Library(
    producers=(
        Producers(_PRETRAINED, "transformers.PreTrainedModel", _MODELS, unless=("output_loading_info",)),
        Producers(_SENTENCES, "torch.nn.Module", "Sentence Transformers reference", unless=("modules",)),
        Producers(_VOCABULARIES, "transformers.PreTrainedTokenizerBase", _TOKENIZERS),
        Producers(names("transformers", "pipeline"), "transformers.Pipeline", "Transformers API reference, Pipelines"),
        Producers(_IN_MEMORY, "datasets.Dataset", _SETS, size="contents"),
    ),
    reads=(
        Reads((*_PRETRAINED, *_SENTENCES, *names("transformers", "pipeline")), _MODELS, result="view"),
        Reads((*_VOCABULARIES, "transformers.AutoConfig.from_pretrained"), _TOKENIZERS, result="view"),
        Reads(names("transformers", "set_seed"), "Transformers API reference, Trainer"),
        Reads(_IN_MEMORY, _SETS, result="view"),
    ),
    large_types=("transformers.PreTrainedModel", *_TOKENIZER_TYPES),
    methods=(
        Methods(
            "transformers.PreTrainedModel",
            "Transformers API reference, Models; PyTorch reference, torch.nn.Module",
            reads=("num_parameters",),
            views=("children", "modules", "named_parameters", "parameters", "state_dict"),
            changes=("eval", "load_state_dict", "requires_grad_", "train", "zero_grad"),
            gives=(("state_dict", "torch.state_dict"),),
            repeatable=("state_dict",),
        ),
        *(
            Methods(
                kind,
                _TOKENIZERS,
                reads=("convert_ids_to_tokens", "convert_tokens_to_ids", "get_vocab"),
                plain_attributes=tuple(
                    "bos_token bos_token_id eos_token eos_token_id mask_token_id model_max_length pad_token "
                    "pad_token_id "
                    "padding_side unk_token unk_token_id vocab_size".split()
                ),
            )
            for kind in _TOKENIZER_TYPES
        ),
        Methods(
            "datasets.Dataset",
            _SETS,
            reads=("to_list", "unique"),
            views=(
                "flatten",
                "remove_columns",
                "rename_column",
                "rename_columns",
                "select",
                "select_columns",
                "to_pandas",
            ),
            plain_attributes=("column_names", "num_columns", "num_rows", "shape"),
            keeps_size=("rename_column", "rename_columns"),
            gives=(("to_pandas", "pandas.DataFrame"),),
        ),
    ),
)
